/**
 * How the processors are shared out. `weight`: in proportion, and only while others want them too.
 * `quota`: in addition nobody gets more than its share, however idle the machine is, as on AWS.
 */
export type CpuSharing = 'weight' | 'quota';

/** A value of a control group. */
export interface GroupValue {
  readonly file: string;
  readonly value: string;
}

const PERIOD_US = 100_000;
/** The kernel takes no less. */
const LEAST_QUOTA_US = 1000;

/** The values for the first version, where a weight of 1,024 is what a program outside any group has. */
export function cpuValuesV1(cores: number, sharing: CpuSharing): readonly GroupValue[] {
  const shares = { file: 'cpu.shares', value: String(within(1024 * cores, 2, 262_144)) };
  if (sharing === 'weight') return [shares];
  const period = { file: 'cpu.cfs_period_us', value: String(PERIOD_US) };
  return [shares, period, { file: 'cpu.cfs_quota_us', value: String(quotaUs(cores)) }];
}

/** The values for the second version, where that weight is 100. */
export function cpuValuesV2(cores: number, sharing: CpuSharing): readonly GroupValue[] {
  const weight = { file: 'cpu.weight', value: String(within(100 * cores, 1, 10_000)) };
  if (sharing === 'weight') return [weight];
  return [weight, { file: 'cpu.max', value: `${quotaUs(cores)} ${PERIOD_US}` }];
}

/** What an operator reads of it. */
export function sharingWords(sharing: CpuSharing): string {
  return sharing === 'weight'
    ? 'processors in proportion to memory'
    : 'processors limited in proportion to memory';
}

function quotaUs(cores: number): number {
  return within(PERIOD_US * cores, LEAST_QUOTA_US, Number.MAX_SAFE_INTEGER);
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(Math.round(value), least), most);
}
