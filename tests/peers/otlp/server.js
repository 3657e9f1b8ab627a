// An OTLP receiver by others: HTTP by Node, gRPC by @grpc/grpc-js, both read by OpenTelemetry JS's own protobuf classes.
// Prints its URL when it listens; GET /seen tells what has come and where its gRPC is, POST /fail makes it refuse all.

const { createServer } = require('node:http');
const grpc = require('@grpc/grpc-js');
const { opentelemetry } = require('@opentelemetry/otlp-transformer/build/src/generated/root.js');

const { trace, metrics, logs } = opentelemetry.proto.collector;
const SIGNALS = {
  traces: {
    service: 'opentelemetry.proto.collector.trace.v1.TraceService',
    request: trace.v1.ExportTraceServiceRequest,
    response: trace.v1.ExportTraceServiceResponse,
  },
  metrics: {
    service: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
    request: metrics.v1.ExportMetricsServiceRequest,
    response: metrics.v1.ExportMetricsServiceResponse,
  },
  logs: {
    service: 'opentelemetry.proto.collector.logs.v1.LogsService',
    request: logs.v1.ExportLogsServiceRequest,
    response: logs.v1.ExportLogsServiceResponse,
  },
};

const seen = { spans: [], metrics: [], logs: [], resources: [], headers: [], refused: 0 };
let fails = false;

const hex = (bytes) => Buffer.from(bytes || []).toString('hex');
const value = (any) => {
  if (any === null || any === undefined) return null;
  if (any.kvlistValue) return attributes(any.kvlistValue.values);
  if (any.arrayValue) return any.arrayValue.values.map(value);
  const [only] = ['stringValue', 'boolValue', 'intValue', 'doubleValue'].filter((name) => Object.hasOwn(any, name));
  return only === 'intValue' ? Number(any.intValue) : any[only] ?? null;
};
const attributes = (list) => Object.fromEntries((list || []).map((pair) => [pair.key, value(pair.value)]));

const take = {
  traces: (message) => message.resourceSpans.forEach((group) => {
    seen.resources.push(attributes(group.resource.attributes));
    group.scopeSpans.flatMap((scope) => scope.spans).forEach((span) => seen.spans.push({
      traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId),
      traceState: span.traceState, name: span.name, kind: span.kind, status: span.status ? span.status.code : 0,
      start: String(span.startTimeUnixNano), end: String(span.endTimeUnixNano), attributes: attributes(span.attributes),
    }));
  }),
  metrics: (message) => message.resourceMetrics.flatMap((group) => group.scopeMetrics)
    .flatMap((scope) => scope.metrics).forEach((metric) => {
      const points = (metric.histogram || metric.sum || metric.gauge || { dataPoints: [] }).dataPoints;
      points.forEach((point) => seen.metrics.push({
        name: metric.name, unit: metric.unit, attributes: attributes(point.attributes),
        value: Number(point.count ?? point.asInt ?? point.asDouble),
      }));
    }),
  logs: (message) => message.resourceLogs.flatMap((group) => group.scopeLogs)
    .flatMap((scope) => scope.logRecords).forEach((record) => seen.logs.push({
      body: value(record.body), severity: record.severityText, traceId: hex(record.traceId),
      attributes: attributes(record.attributes),
    })),
};

const receive = (signal, bytes, headers) => {
  if (fails) {
    seen.refused += 1;
    return null;
  }
  seen.headers.push(headers);
  take[signal](SIGNALS[signal].request.decode(bytes));
  return SIGNALS[signal].response.encode({}).finish();
};

const rpc = new grpc.Server();
for (const [signal, { service }] of Object.entries(SIGNALS)) {
  const definition = {
    Export: {
      path: `/${service}/Export`, requestStream: false, responseStream: false,
      requestSerialize: (bytes) => bytes, requestDeserialize: (bytes) => bytes,
      responseSerialize: (bytes) => Buffer.from(bytes), responseDeserialize: (bytes) => bytes,
    },
  };
  rpc.addService(definition, {
    Export: (call, done) => {
      const answer = receive(signal, call.request, call.metadata.getMap());
      done(answer ? null : { code: grpc.status.INTERNAL }, answer);
    },
  });
}

const http = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const signal = request.url.replace('/v1/', '');
    if (request.url === '/seen') {
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify(seen));
    }
    if (request.url === '/fail') {
      fails = true;
      return response.end();
    }
    if (request.method !== 'POST' || !SIGNALS[signal]) {
      response.statusCode = 404;
      return response.end();
    }
    const answer = receive(signal, Buffer.concat(parts), request.headers);
    response.statusCode = answer ? 200 : 500;
    response.setHeader('content-type', 'application/x-protobuf');
    return response.end(answer || '');
  });
});

rpc.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  seen.grpc = `http://127.0.0.1:${port}`;
  http.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
});
