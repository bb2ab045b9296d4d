import { beforeEach, describe, expect, it } from 'vitest';
import { Code } from '../../gen/google/rpc/code.js';
import { CallRecord, type Stage } from './call-record.js';
import { metricTable } from './metric-table.js';
import { Metrics } from './metrics.js';
import { readMetrics, type Sample } from './read-metrics.js';

let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics({ version: '1.2.3', byFolder: false });
});

async function samples(name: string, of = metrics): Promise<Sample[]> {
  return readMetrics(await of.print({ isAdministrator: true })).filter((sample) => sample.name === name);
}

/** Values by labels, as `a=1,b=2`. */
async function values(name: string, of = metrics): Promise<Record<string, number>> {
  const text = ({ labels }: Sample): string =>
    Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join();
  return Object.fromEntries((await samples(name, of)).map((sample) => [text(sample), sample.value]));
}

function stage(name: string, milliseconds: number): Stage {
  return { name, image: 0, startMs: 1000, endMs: 1000 + milliseconds };
}

describe('Metrics', () => {
  it('prints every metric of the table with its type and help, and those of the process', async () => {
    const text = await metrics.print({ isAdministrator: true });
    for (const [name, { type, help }] of Object.entries(metricTable)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
    const described = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
    expect(described.filter((name) => !/^(process|nodejs)_/.test(name)).toSorted()).toEqual(
      Object.keys(metricTable).toSorted(),
    );
    expect(described).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']),
    );
    expect(await values('visiond_build_info')).toEqual({ 'version=1.2.3': 1 });
  });

  it('counts for each server of a process alone', async () => {
    const other = new Metrics({ version: '1', byFolder: false });
    other.engineRestarted('crash');
    expect(await values('visiond_engine_restarts_total')).toEqual({});
    expect(await values('visiond_engine_restarts_total', other)).toEqual({ 'reason=crash': 1 });
  });

  it('names gRPC codes as go-grpc-middleware does', async () => {
    const call = { service: 's', method: 'm', type: 'unary', seconds: 0.02, folder: 'f' } as const;
    const codes = [Code.OK, Code.CANCELLED, Code.INVALID_ARGUMENT, Code.DEADLINE_EXCEEDED, Code.INVALID_ARGUMENT];
    for (const code of [...codes, 99]) metrics.grpcHandled({ ...call, code });
    const labels = 'grpc_service=s,grpc_method=m,grpc_type=unary';
    expect(await values('grpc_server_handled_total')).toEqual({
      [`${labels},grpc_code=OK`]: 1,
      [`${labels},grpc_code=Canceled`]: 1,
      [`${labels},grpc_code=InvalidArgument`]: 2,
      [`${labels},grpc_code=DeadlineExceeded`]: 1,
      [`${labels},grpc_code=Unknown`]: 1,
    });
    const buckets = await values('grpc_server_handling_seconds_bucket');
    expect([buckets[`le=0.01,${labels}`], buckets[`le=0.025,${labels}`], buckets[`le=+Inf,${labels}`]]).toEqual([
      0, 6, 6,
    ]);
  });

  it('counts HTTP requests by route and status', async () => {
    const request = { route: '/a/{id}', seconds: 1, folder: '' } as const;
    metrics.httpHandled({ ...request, method: 'GET', status: 200 });
    metrics.httpHandled({ ...request, method: 'M-SEARCH', status: 501 });
    expect(await values('http_server_requests_total')).toEqual({
      'method=GET,route=/a/{id},status=200': 1,
      'method=other,route=/a/{id},status=501': 1,
    });
    expect(await values('http_server_request_duration_seconds_count')).toMatchObject({
      'method=GET,route=/a/{id}': 1,
    });
  });

  it('takes what calls note, while they run', async () => {
    const record = new CallRecord(metrics.listenTo(() => ''));
    record.addImages(3, 4);
    record.addImages(2, 2);
    record.addPixels(5_000_000);
    for (const each of [stage('queue', 300), stage('decode', 20), stage('TEXT_DETECTION', 2000)]) record.addStage(each);
    record.addStage(stage('face-detection', 40));
    expect(await values('visiond_images_total')).toEqual({ '': 5 });
    expect(await values('visiond_pixels_total')).toEqual({ '': 5_000_000 });
    expect(await values('visiond_queue_wait_seconds_sum')).toEqual({ '': 0.3 });
    expect(await values('visiond_decode_seconds_sum')).toEqual({ '': 0.02 });
    expect(await values('visiond_feature_seconds_sum')).toEqual({
      'feature=text-detection': 2,
      'feature=face-detection': 0.04,
    });
  });

  it('counts refusals by reason, and no mistakes of clients', async () => {
    for (const [code, reason] of [
      [Code.OK, undefined],
      [Code.UNAVAILABLE, 'OVERLOADED'],
      [Code.UNAUTHENTICATED, 'TOKEN_INVALID'],
      [Code.INVALID_ARGUMENT, 'INVALID_REQUEST'],
    ] as const) {
      metrics.callEnded({ code, reason, folder: '' });
    }
    expect(await values('visiond_refusals_total')).toEqual({ 'reason=OVERLOADED': 1, 'reason=TOKEN_INVALID': 1 });
  });

  it('counts what leaves the queue', async () => {
    metrics.queueDropped('CANCELLED');
    metrics.queueDropped('CANCELLED', 7);
    expect(await values('visiond_queue_dropped_total')).toEqual({ 'reason=CANCELLED': 8 });
  });
});

describe('folders', () => {
  const call = { service: 's', method: 'm', type: 'unary', code: 0, seconds: 1 } as const;
  const refused = { code: Code.UNAVAILABLE, reason: 'OVERLOADED' };

  it('are not named', async () => {
    metrics.grpcHandled({ ...call, folder: 'secret' });
    metrics.httpHandled({ method: 'GET', route: '/', status: 200, seconds: 1, folder: 'secret' });
    metrics.callEnded({ ...refused, folder: 'secret' });
    metrics.listenTo(() => 'secret').onImages(1);
    expect(await metrics.print({ isAdministrator: true })).not.toContain('secret');
  });

  it('are labels where the operator asks for it', async () => {
    const named = new Metrics({ version: '1', byFolder: true });
    named.grpcHandled({ ...call, folder: 'f' });
    named.grpcHandled({ ...call, folder: '' });
    named.httpHandled({ method: 'GET', route: '/', status: 200, seconds: 1, folder: 'f' });
    named.callEnded({ ...refused, folder: 'f' });
    named.listenTo(() => 'f').onImages(2);
    expect(await values('grpc_server_handled_total', named)).toEqual({
      'grpc_service=s,grpc_method=m,grpc_type=unary,grpc_code=OK,folder=f': 1,
      'grpc_service=s,grpc_method=m,grpc_type=unary,grpc_code=OK': 1,
    });
    expect(await values('http_server_requests_total', named)).toEqual({
      'method=GET,route=/,status=200,folder=f': 1,
    });
    expect(await values('visiond_images_total', named)).toMatchObject({ 'folder=f': 2 });
    expect(await values('visiond_refusals_total', named)).toEqual({ 'reason=OVERLOADED,folder=f': 1 });
  });

  it('have labels of their own up to a thousand', async () => {
    const named = new Metrics({ version: '1', byFolder: true });
    for (let folder = 0; folder < 1005; folder++) named.listenTo(() => `f${folder}`).onImages(1);
    named.listenTo(() => 'f7').onImages(1);
    const counted = await values('visiond_images_total', named);
    expect([counted['folder=f7'], counted['folder=other'], counted['folder=f1004']]).toEqual([2, 5, undefined]);
  });
});

describe('figures with an owner', () => {
  const sourceGauges = new Set(
    Object.entries(metricTable)
      .filter(([name, { type }]) => type === 'gauge' && name !== 'visiond_build_info')
      .map(([name]) => name),
  );

  it('are asked for at every scrape', async () => {
    let waiting = 3;
    metrics.observe({ queueImages: () => waiting, ready: () => true });
    metrics.observe({
      workers: () => ({ busy: 1, idle: 2, stopped: 0 }),
      index: async () => ({ images: 7, memoryBytes: 2016 }),
      troubles: () => [{ part: 'index writes', severity: 'degraded' }],
      connections: () => ({ open: 4, refused: 2 }),
    });
    expect(await values('visiond_queue_images')).toEqual({ '': 3 });
    waiting = 0;
    expect(await values('visiond_queue_images')).toEqual({ '': 0 });
    expect(await values('visiond_ready')).toEqual({ '': 1 });
    expect(await values('visiond_workers')).toEqual({ 'state=busy': 1, 'state=idle': 2, 'state=stopped': 0 });
    expect(await values('visiond_index_images')).toEqual({ '': 7 });
    expect(await values('visiond_index_memory_bytes')).toEqual({ '': 2016 });
    expect(await values('visiond_trouble')).toEqual({ 'part=index writes,severity=degraded': 1 });
    expect(await values('visiond_connections')).toEqual({ '': 4 });
    expect(await values('visiond_connections_refused_total')).toEqual({ '': 2 });
  });

  it('have no sample where nobody has told them, or knows them now', async () => {
    metrics.observe({
      pixelsInFlight: () => undefined,
      index: () => Promise.reject(new Error('the thread died')),
      engineResidentBytes: () => new Promise(() => {}),
      models: () => {
        throw new Error('no');
      },
    });
    const names = new Set(readMetrics(await metrics.print({ isAdministrator: true })).map(({ name }) => name));
    expect([...names].filter((name) => sourceGauges.has(name))).toEqual([]);
  });

  it('of what all folders hold are for administrators', async () => {
    metrics.observe({ index: () => ({ images: 7, memoryBytes: 2016 }) });
    const namesFor = async (isAdministrator: boolean): Promise<ReadonlySet<string>> => {
      const text = await metrics.print({ isAdministrator });
      return new Set(Array.from(text.matchAll(/^(?:# TYPE )?([a-z]\w*) /gm), ([, name = '']) => name));
    };
    const shown = await namesFor(false);
    expect([...(await namesFor(true))].filter((name) => !shown.has(name))).toEqual([
      'visiond_index_images',
      'visiond_index_memory_bytes',
    ]);
  });

  it('are asked for once a scrape', async () => {
    let asked = 0;
    metrics.observe({ index: () => ({ images: ++asked, memoryBytes: asked }) });
    await metrics.print({ isAdministrator: true });
    expect(await values('visiond_index_memory_bytes')).toEqual({ '': 2 });
  });
});
