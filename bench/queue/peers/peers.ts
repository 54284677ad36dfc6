import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../ads/platform/free-port.ts';
import { fetched, need } from './fetch.ts';
import { serve, type Peer } from './serve.ts';

/** A server of the same API that people would pick instead. All of them keep messages in memory alone. */
export interface PeerKind {
  readonly name: string;
  /** Fetches it, if it is not there, and starts it with its own defaults. Throws `NotToBeHad`. */
  start(): Promise<Peer>;
}

const MINISTACK = '1.5.33';

/** The peers, each pinned to a version. */
export const PEERS: readonly PeerKind[] = [
  { name: 'GoAWS', start: startGoAws },
  { name: 'ElasticMQ', start: startElasticMq },
  { name: 'MiniStack', start: startMiniStack },
];

/** From the Go proxy. It speaks the older of the two protocols alone. */
async function startGoAws(): Promise<Peer> {
  const folder = await fetched('goaws-0.4.5', async (part) => {
    cpSync(here('goaws'), part, { recursive: true });
    await need('go', ['build', '-o', 'goaws', '.'], { cwd: part });
    const settings = ['Local:', '  Host: 127.0.0.1', '  Region: us-east-1', '  AccountId: "000000000000"'];
    writeFileSync(join(part, 'goaws.yaml'), `${settings.join('\n')}\n`);
  });
  const port = await freePort();
  const words = [join(folder, 'goaws.yaml'), String(port)];
  return serve(
    { ...{ name: 'GoAWS', protocol: 'query', words, cwd: folder }, command: join(folder, 'goaws') },
    port,
  );
}

/** From Maven Central. */
async function startElasticMq(): Promise<Peer> {
  const folder = await fetched('elasticmq-1.7.1', async (part) => {
    mkdirSync(part, { recursive: true });
    cpSync(here('elasticmq/pom.xml'), join(part, 'pom.xml'));
    const words = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
    await need('mvn', [...words, '-DincludeScope=runtime'], { cwd: part });
  });
  const port = await freePort();
  const settings = [
    ...['-Drest-sqs.bind-hostname=127.0.0.1', `-Drest-sqs.bind-port=${port}`, '-Drest-stats.enabled=false'],
    ...['-Dnode-address.host=127.0.0.1', `-Dnode-address.port=${port}`],
  ];
  const words = [...settings, '-cp', `${join(folder, 'jars')}/*`, 'org.elasticmq.server.Main'];
  return serve({ name: 'ElasticMQ', protocol: 'json', command: 'java', words, cwd: folder }, port);
}

/** From PyPI. */
async function startMiniStack(): Promise<Peer> {
  const folder = await fetched(`ministack-${MINISTACK}`, async (part) => {
    await need('python3', ['-m', 'venv', part]);
    await need(join(part, 'bin/pip'), ['install', '-q', `ministack==${MINISTACK}`]);
  });
  const port = await freePort();
  const variables = { BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port) };
  const words = ['-m', 'ministack'];
  return serve(
    {
      ...{ name: 'MiniStack', protocol: 'json', words, cwd: folder, variables },
      command: join(folder, 'bin/python'),
    },
    port,
  );
}

function here(path: string): string {
  return new URL(path, import.meta.url).pathname;
}
