import { failed, ok, type Result } from '../base/result.ts';
import { functionKeyText, targetArn, type FunctionKey, type FunctionTarget } from '../function/function.ts';
import { queueKeyText, type QueueKey } from '../message/queue-key.ts';
import { ActiveMapping } from './active-mapping.ts';
import { readMappings, removeMapping, type MappingRecord } from './mapping-record.ts';
import {
  settingsAfter,
  type Mapping,
  type MappingBusy,
  type MappingChange,
  type MappingFailure,
  type Mappings,
  type MappingSettings,
  type NoSuchMapping,
} from './mappings.ts';
import type { DispatchPorts } from './ports.ts';
import { withinStopGrace } from './stop-grace.ts';

/** Mappings that the catalog keeps: what it holds at the start is at work again when `open` answers. */
export class DurableMappings implements Mappings, AsyncDisposable {
  readonly #ports: DispatchPorts;
  readonly #mappings = new Map<string, ActiveMapping>();
  readonly #endings = new Set<Promise<void>>();
  readonly #endListening: (() => void)[] = [];

  private constructor(ports: DispatchPorts) {
    this.#ports = ports;
  }

  /** Goes on with what the data directory holds; a deletion that a kill interrupted is completed. */
  static async open(ports: DispatchPorts): Promise<DurableMappings> {
    const mappings = new DurableMappings(ports);
    for (const record of await readMappings(ports.catalog)) {
      if (record.deleting) await removeMapping(ports.catalog, record.uuid);
      else mappings.#mappings.set(record.uuid, new ActiveMapping(ports, record));
    }
    mappings.#listen();
    return mappings;
  }

  async create(
    source: QueueKey,
    target: FunctionTarget,
    settings: MappingSettings,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<Result<Mapping, MappingFailure>> {
    const refused = this.#refusal(source, target);
    if (refused !== undefined) return failed(refused);
    const nowMs = this.#ports.clock.nowMs();
    const uuid = this.#ports.random.uuid();
    const record: MappingRecord = {
      ...{ uuid, source, function: target, settings, tags },
      ...{ createdAtMs: nowMs, modifiedAtMs: nowMs, deleting: false },
    };
    // Known before it is durable, so that the same mapping asked for twice at once is refused once.
    const reserved = { ...record, settings: { ...settings, enabled: false } };
    const mapping = new ActiveMapping(this.#ports, reserved);
    this.#mappings.set(uuid, mapping);
    try {
      await mapping.change(() => record);
    } catch (error) {
      this.#mappings.delete(uuid);
      throw error;
    }
    return ok(mapping.view('Creating'));
  }

  get(uuid: string): Mapping | undefined {
    return this.#mappings.get(uuid)?.view();
  }

  list(): readonly Mapping[] {
    return [...this.#mappings.values()].map((mapping) => mapping.view());
  }

  async change(
    uuid: string,
    change: MappingChange,
  ): Promise<Result<Mapping, NoSuchMapping | MappingBusy | MappingFailure>> {
    const mapping = this.#mappings.get(uuid);
    if (mapping === undefined) return failed({ kind: 'no-such-mapping', uuid });
    if (mapping.record.deleting) return failed({ kind: 'mapping-busy', uuid });
    const { function: target, ...settings } = change;
    const refused = target && this.#refusal(mapping.record.source, target, uuid);
    if (refused !== undefined) return failed(refused);
    const before = mapping.record.settings.enabled;
    const modifiedAtMs = this.#ports.clock.nowMs();
    await mapping.change((record) => ({
      ...record,
      function: target ?? record.function,
      settings: settingsAfter(record.settings, settings),
      modifiedAtMs,
    }));
    return ok(mapping.view(transition(before, mapping.record.settings.enabled)));
  }

  async tag(
    uuid: string,
    change: Readonly<Record<string, string | null>>,
  ): Promise<Result<void, NoSuchMapping>> {
    const mapping = this.#mappings.get(uuid);
    if (mapping === undefined) return failed({ kind: 'no-such-mapping', uuid });
    await mapping.change((record) => ({ ...record, tags: changedTags(record.tags, change) }));
    return ok(undefined);
  }

  async delete(uuid: string): Promise<Result<Mapping, NoSuchMapping | MappingBusy>> {
    const mapping = this.#mappings.get(uuid);
    if (mapping === undefined) return failed({ kind: 'no-such-mapping', uuid });
    if (mapping.record.deleting) return failed({ kind: 'mapping-busy', uuid });
    // Stopped before the first await: nothing is taken for a mapping whose deletion is under way.
    const drained = mapping.drain();
    await mapping.change((record) => ({ ...record, deleting: true }));
    const answer = mapping.view();
    const ending = this.#end(mapping, drained)
      .catch((error: unknown) => this.#trouble(uuid, String(error)))
      .finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
    return ok(answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#endListening) end();
    const drains = [...this.#mappings.values()].map((mapping) => mapping.drain());
    await withinStopGrace(this.#ports.clock, [...drains, ...this.#endings]);
    for (const mapping of this.#mappings.values()) mapping.abandon();
  }

  async #end(mapping: ActiveMapping, drained: Promise<void>): Promise<void> {
    await drained;
    await mapping.drain();
    await removeMapping(this.#ports.catalog, mapping.record.uuid);
    this.#mappings.delete(mapping.record.uuid);
  }

  #refusal(source: QueueKey, target: FunctionTarget, self?: string): MappingFailure | undefined {
    const described = this.#ports.broker.describe(source);
    if (!described.ok) return { kind: 'no-such-queue', queue: source };
    const record = this.#ports.functions.resolve(target);
    if (record === undefined) return { kind: 'no-such-function', function: target };
    const { visibilityMs } = described.value.settings;
    const { timeoutMs } = record.settings;
    if (visibilityMs < timeoutMs) return { kind: 'visibility-shorter-than-timeout', visibilityMs, timeoutMs };
    const twin = [...this.#mappings.values()].find(
      ({ record: other }) =>
        other.uuid !== self &&
        queueKeyText(other.source) === queueKeyText(source) &&
        targetArn(other.function) === targetArn(target),
    );
    return twin === undefined ? undefined : { kind: 'mapping-exists', uuid: twin.record.uuid };
  }

  #listen(): void {
    const ofFunction = (key: FunctionKey): void =>
      this.#wake((record) => functionKeyText(record.function) === functionKeyText(key));
    const ofQueue = (key: QueueKey): void =>
      this.#wake((record) => queueKeyText(record.source) === queueKeyText(key));
    this.#endListening.push(
      this.#ports.broker.listen({ created: ofQueue, deleted: ofQueue }),
      this.#ports.functions.listen({
        created: ({ key }) => ofFunction(key),
        changed: ({ key }) => ofFunction(key),
        deleted: ({ key }) => ofFunction(key),
      }),
    );
  }

  #wake(concerned: (record: MappingRecord) => boolean): void {
    for (const mapping of this.#mappings.values()) if (concerned(mapping.record)) mapping.wake();
  }

  #trouble(uuid: string, what: string): void {
    this.#ports.tell({ kind: 'trouble', where: `mapping ${uuid}`, what });
  }
}

function changedTags(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const kept = Object.entries({ ...before, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}

function transition(before: boolean, now: boolean): Mapping['state'] {
  if (before === now) return 'Updating';
  return now ? 'Enabling' : 'Disabling';
}
