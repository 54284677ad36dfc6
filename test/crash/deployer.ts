import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Chance } from './asking.ts';
import { packaged, type LambdaPlatform } from './lambda-platform.ts';

/**
 * What is known of a function: what its code says, its description, what its versions say from the oldest on, and to which of them its alias
 * leads. Versions are known by their order: a kill may use up a number for nothing.
 */
interface Known {
  readonly exists: boolean;
  readonly says: string;
  readonly description: string;
  readonly versions: readonly string[];
  readonly live: number;
}

const NOTHING: Known = { exists: false, says: '', description: '', versions: [], live: -1 };
/** How many versions a function gets before it is deleted. */
const MOST_VERSIONS = 4;

/**
 * Changes one function again and again, until the platform is gone. Knows what was acknowledged, and what the change that was under way
 * at a kill would have made of it: one of the two must be there afterwards, whole.
 */
export class Deployer {
  readonly #platform: LambdaPlatform;
  readonly #name: string;
  readonly #chance: Chance;
  #known = NOTHING;
  #trying: Known | undefined;
  #texts = 0;
  /** The numbers of the versions, in their order. */
  #numbers: string[] = [];
  acknowledged = 0;

  constructor(platform: LambdaPlatform, name: string, chance: Chance) {
    this.#platform = platform;
    this.#name = name;
    this.#chance = chance;
  }

  /** Works until the platform is gone; rejects for an answer that should not be. */
  async work(): Promise<void> {
    for (;;) {
      try {
        await this.#step();
      } catch (error) {
        if ((error as { $response?: unknown }).$response === undefined) return;
        throw error;
      }
    }
  }

  /** What is not as it must be after a kill; then it goes on from what is there. */
  async judge(): Promise<string[]> {
    const found = await this.#found();
    const [before, after] = [this.#known, this.#trying ?? this.#known];
    const wrong = [before, after].every((one) => JSON.stringify(one) !== JSON.stringify(found));
    this.#known = found;
    this.#trying = undefined;
    if (!wrong) return [];
    const told = [before, after, found].map((one) => JSON.stringify(one));
    return [`${this.#name}: ${told[2]} is neither ${told[0]} nor ${told[1]}`];
  }

  async #step(): Promise<void> {
    const { exists, versions, live } = this.#known;
    if (!exists) return this.#create();
    if (versions.length >= MOST_VERSIONS) return this.#delete();
    const chance = this.#chance();
    if (chance < 0.4) return this.#changeCode();
    if (chance < 0.7) return this.#publish();
    if (versions.length > 0 && chance < 0.85) return this.#lead(live === -1, versions.length - 1);
    return this.#describe();
  }

  async #create(): Promise<void> {
    const says = this.#text();
    await this.#change({ ...NOTHING, exists: true, says }, () =>
      this.#platform.lambda.send(
        new CreateFunctionCommand({
          ...{ FunctionName: this.#name, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' },
          ...{ Handler: 'index.handler', Code: { ZipFile: codeThat(says) } },
        }),
      ),
    );
  }

  async #changeCode(): Promise<void> {
    const says = this.#text();
    await this.#change({ ...this.#known, says }, () =>
      this.#platform.lambda.send(
        new UpdateFunctionCodeCommand({ FunctionName: this.#name, ZipFile: codeThat(says) }),
      ),
    );
  }

  /** Published right after a change, so that there is always something new to publish. */
  async #publish(): Promise<void> {
    await this.#changeCode();
    const { versions, says } = this.#known;
    await this.#change({ ...this.#known, versions: [...versions, says] }, async () => {
      const command = new PublishVersionCommand({ FunctionName: this.#name });
      this.#numbers.push((await this.#platform.lambda.send(command)).Version ?? '');
    });
  }

  async #lead(isNew: boolean, version: number): Promise<void> {
    const alias = { FunctionName: this.#name, Name: 'live', FunctionVersion: this.#numbers[version] };
    await this.#change({ ...this.#known, live: version }, () =>
      isNew
        ? this.#platform.lambda.send(new CreateAliasCommand(alias))
        : this.#platform.lambda.send(new UpdateAliasCommand(alias)),
    );
  }

  async #describe(): Promise<void> {
    const description = this.#text();
    const command = { FunctionName: this.#name, Description: description };
    await this.#change({ ...this.#known, description }, () =>
      this.#platform.lambda.send(new UpdateFunctionConfigurationCommand(command)),
    );
  }

  async #delete(): Promise<void> {
    await this.#change(NOTHING, () =>
      this.#platform.lambda.send(new DeleteFunctionCommand({ FunctionName: this.#name })),
    );
    this.#numbers = [];
  }

  /** One change: under way from here on, and known when it is acknowledged and over. */
  async #change(to: Known, ask: () => Promise<unknown>): Promise<void> {
    this.#trying = to;
    await ask();
    this.#known = to;
    this.#trying = undefined;
    this.acknowledged += 1;
    if (to.exists) await this.#ready();
  }

  /** A function takes its next change when the last one is over. */
  async #ready(qualifier?: string): Promise<string> {
    const place = { FunctionName: this.#name, ...(qualifier && { Qualifier: qualifier }) };
    for (;;) {
      const command = new GetFunctionConfigurationCommand(place);
      const { State, LastUpdateStatus, Description = '' } = await this.#platform.lambda.send(command);
      if (State === 'Active' && LastUpdateStatus !== 'InProgress') return Description;
      if (State === 'Failed' || LastUpdateStatus === 'Failed') throw new Error(`${this.#name} has failed`);
    }
  }

  /** What the platform says, and what the code itself says. */
  async #found(): Promise<Known> {
    const { lambda } = this.#platform;
    const place = { FunctionName: this.#name };
    const listed = await lambda.send(new ListVersionsByFunctionCommand(place)).catch(undefinedWhenMissing);
    if (listed === undefined) {
      this.#numbers = [];
      return NOTHING;
    }
    const description = await this.#ready();
    this.#numbers = (listed.Versions ?? []).flatMap(({ Version = '' }) =>
      Version === '$LATEST' ? [] : [Version],
    );
    const versions: string[] = [];
    for (const number of this.#numbers) {
      await this.#ready(number);
      versions.push(await this.#said(number));
    }
    const alias = await lambda
      .send(new GetAliasCommand({ ...place, Name: 'live' }))
      .catch(undefinedWhenMissing);
    const live = this.#numbers.indexOf(alias?.FunctionVersion ?? '');
    return { exists: true, says: await this.#said(), description, versions, live };
  }

  async #said(version?: string): Promise<string> {
    return (await this.#platform.invoke(this.#name, version)) as string;
  }

  #text(): string {
    return `${this.#name} ${this.#texts++}`;
  }
}

/** Long enough that a kill may find it half written. */
function codeThat(says: string): Uint8Array {
  const filler = Array.from({ length: 20_000 }, (_, n) =>
    Math.imul(n + 1, 2_654_435_761).toString(36),
  ).join();
  return packaged(`// ${filler}\nexport const handler = async () => ${JSON.stringify(says)};`);
}

function undefinedWhenMissing(error: unknown): undefined {
  if ((error as Error).name !== 'ResourceNotFoundException') throw error;
}
