import { spawn } from 'node:child_process';
import type { BroughtPart } from './brought-parts.ts';
import type { InstalledPython } from './installed-python.ts';

/** What Python functions find beside their own code, as on AWS: its client for the Runtime API, and its SDK. */
export type PythonPartName = 'awslambdaric' | 'boto3';

/** Every distribution by its exact version: what runs today runs tomorrow. */
type Pinned = Readonly<Record<PythonPartName, readonly [version: string, ...others: string[]]>>;

const CURRENT: Pinned = {
  awslambdaric: ['4.2.2', 'simplejson==4.3.0', 'snapshot-restore-py==1.0.0'],
  boto3: [
    '1.44.8',
    'botocore==1.44.8',
    'jmespath==1.1.0',
    'python-dateutil==2.9.0.post0',
    's3transfer==0.19.3',
    'six==1.17.0',
    'urllib3==2.8.0',
  ],
};

/** The last versions that take Python 3.9. */
const FOR_3_9: Pinned = {
  awslambdaric: ['4.0.4', 'simplejson==4.3.0', 'snapshot-restore-py==1.0.0'],
  boto3: [
    '1.42.97',
    'botocore==1.42.97',
    'jmespath==1.1.0',
    'python-dateutil==2.9.0.post0',
    's3transfer==0.16.1',
    'six==1.17.0',
    'urllib3==1.26.20',
  ],
};

/** An unreachable registry must not hold up an invocation for minutes. */
const PIP_LIMIT_MS = 120_000;
const PIP = [
  ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'],
  ...['--timeout', '10', '--retries', '1', '--no-deps', '--only-binary', ':all:'],
];

/** One part for this Python: wheels from PyPI, put into a folder by its own pip, with their bytecode. */
export function pythonPart(name: PythonPartName, python: InstalledPython): BroughtPart {
  const [version, ...others] = (python.minor === '3.9' ? FOR_3_9 : CURRENT)[name];
  return {
    name: `${name}-${python.tag}-${process.arch}`,
    version,
    line: `python${python.minor}: fetching ${name} ${version} from PyPI`,
    make: (folder, signal) => install(python, [`${name}==${version}`, ...others], folder, signal),
  };
}

function install(
  python: InstalledPython,
  packages: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(python.executable, [...PIP, '--target', folder, ...packages], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PIP_LIMIT_MS,
      ...(signal && { signal }),
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new Error(signal === null ? whatPipSays(complaint, python) : 'PyPI took too long to answer.'));
    });
  });
}

/** One sentence of what pip has printed. */
function whatPipSays(complaint: string, python: InstalledPython): string {
  if (complaint.includes('No module named pip'))
    return `${python.executable} has no pip: install it (on Debian and Ubuntu: apt-get install python3-pip).`;
  const errors = complaint.split('\n').filter((line) => line.startsWith('ERROR: '));
  const last = errors.at(-1)?.slice('ERROR: '.length) ?? complaint.trim().split('\n').at(-1) ?? '';
  const isUnreachable =
    /NewConnectionError|ConnectTimeout|ReadTimeout|ConnectionError|ProxyError|SSLError/.test(complaint);
  return isUnreachable
    ? 'PyPI cannot be reached from this machine.'
    : `pip: ${last || 'failed without a word'}`;
}
