import { Counter, Gauge, type Registry } from 'prom-client';
import { metricTable, type LabelOf, type MetricDefinition, type MetricName } from './metric-table.js';

/**
 * A figure that its owner knows. It is asked for at every scrape, so it must be cheap. `undefined`, a rejection and an
 * answer that takes longer than a second mean that it is unknown now: the metric then has no sample.
 */
export type Source<Value> = () => Value | undefined | Promise<Value | undefined>;

/** The figures that others own. See `Metrics.observe`. */
export interface MetricSources {
  /** Images that wait for admission. */
  readonly queueImages?: Source<number>;
  /** Pixels of the images that are decoded now. */
  readonly pixelsInFlight?: Source<number>;
  /** Inference threads by state. */
  readonly workers?: Source<Readonly<Record<'busy' | 'idle' | 'stopped', number>>>;
  /** Resident memory of the engine process, in bytes. */
  readonly engineResidentBytes?: Source<number>;
  /** Resident memory at which the engine process is replaced, in bytes. */
  readonly engineLimitBytes?: Source<number>;
  readonly models?: Source<Readonly<Record<'ready' | 'unusable', number>>>;
  /** The image index: images of all folders, and bytes in memory. */
  readonly index?: Source<{ readonly images: number; readonly memoryBytes: number }>;
  /** Memory granted to the bodies of requests, in bytes. */
  readonly bodyBytesInFlight?: Source<number>;
  /** Open connections, and those that were refused since the start of the server. */
  readonly connections?: Source<{ readonly open: number; readonly refused: number }>;
  readonly ready?: Source<boolean>;
  /** What is wrong with the server now. */
  readonly troubles?: Source<ReadonlyArray<{ readonly part: string; readonly severity: string }>>;
}

const patienceMs = 1000;

/** Where metrics are registered: those that everyone may read, and those of administrators. */
export interface Registries {
  readonly all: Registry;
  readonly administrators: Registry;
}

/** Adds the gauges of all sources. They read the sources that `current` returns at the time of a scrape. */
export function addSourceGauges(registries: Registries, current: () => MetricSources): void {
  const add = <Name extends MetricName>(name: Name, collect: () => Promise<Samples<Name>>): void => {
    const gauge = new Gauge<LabelOf<Name>>({
      name,
      help: metricTable[name].help,
      labelNames: [...labelsOf(name)],
      registers: [registryFor(name, registries)],
      async collect() {
        const samples = await collect();
        gauge.reset();
        // A gauge without labels starts at 0, which would be a statement.
        gauge.remove({});
        for (const [labels, value] of samples) gauge.set(labels, value);
      },
    });
  };
  // Both gauges of the index are collected in the same turn: it is asked once.
  let asked: Promise<{ readonly images: number; readonly memoryBytes: number } | undefined> | undefined;
  const index = (): NonNullable<typeof asked> =>
    (asked ??= valueOf(current().index).finally(() => (asked = undefined)));
  add('visiond_queue_images', async () => one(await valueOf(current().queueImages)));
  add('visiond_pixels_in_flight', async () => one(await valueOf(current().pixelsInFlight)));
  add('visiond_workers', async () => byState(await valueOf(current().workers)));
  add('visiond_engine_resident_bytes', async () => one(await valueOf(current().engineResidentBytes)));
  add('visiond_engine_limit_bytes', async () => one(await valueOf(current().engineLimitBytes)));
  add('visiond_models', async () => byState(await valueOf(current().models)));
  add('visiond_index_images', async () => one((await index())?.images));
  add('visiond_index_memory_bytes', async () => one((await index())?.memoryBytes));
  add('visiond_body_bytes_in_flight', async () => one(await valueOf(current().bodyBytesInFlight)));
  add('visiond_connections', async () => one((await valueOf(current().connections))?.open));
  const refused = new Counter({
    name: 'visiond_connections_refused_total',
    help: metricTable.visiond_connections_refused_total.help,
    registers: [registries.all],
    async collect() {
      const total = (await valueOf(current().connections))?.refused ?? 0;
      refused.reset();
      refused.inc(total);
    },
  });
  add('visiond_ready', async () => {
    const ready = await valueOf(current().ready);
    return one(ready === undefined ? undefined : Number(ready));
  });
  add('visiond_trouble', async () => {
    const troubles = (await valueOf(current().troubles)) ?? [];
    return troubles.map(({ part, severity }) => [{ part, severity }, 1] as const);
  });
}

function registryFor(name: MetricName, { all, administrators }: Registries): Registry {
  const { forAdministrators }: MetricDefinition = metricTable[name];
  return forAdministrators === true ? administrators : all;
}

/** The labels and the value of each sample. */
type Samples<Name extends MetricName> = ReadonlyArray<readonly [Partial<Record<LabelOf<Name>, string>>, number]>;

export function labelsOf<Name extends MetricName>(name: Name): ReadonlyArray<LabelOf<Name>> {
  return metricTable[name].labels;
}

function one(value: number | undefined): ReadonlyArray<readonly [Readonly<Record<string, never>>, number]> {
  return value === undefined ? [] : [[{}, value]];
}

function byState(
  counts: Readonly<Record<string, number>> | undefined,
): ReadonlyArray<readonly [{ readonly state: string }, number]> {
  return Object.entries(counts ?? {}).map(([state, count]) => [{ state }, count] as const);
}

async function valueOf<Value>(source: Source<Value> | undefined): Promise<Value | undefined> {
  if (source === undefined) return undefined;
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    late = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return await Promise.race([source(), patience]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(late);
  }
}
