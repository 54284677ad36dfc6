import type { BenchOptions, Figure } from '../figure.ts';
import { figure } from './figures.ts';
import { WAITING } from './filling.ts';
import { Opened } from './opened.ts';
import { ScratchData } from './scratch.ts';

const PER_S = 50_000;
const WINDOW_S = 300;
const MOST_BYTES_OF_ID = 40;
const TENTH = 0.1;

/**
 * What a FIFO queue remembers at 50,000 sends a second for five minutes (a tenth of it unless measured whole): the memory of the
 * program that was started on it, and when a duplicate is known.
 */
export async function remembered(
  progress: (line: string) => void,
  { scratch, isFull }: BenchOptions,
): Promise<readonly Figure[]> {
  using data = new ScratchData(scratch);
  const messages = PER_S * WINDOW_S * (isFull ? 1 : TENTH);
  const queue = 'remembered.fifo';
  const lasting = { isFifo: true, queue, groups: 1000, bodyBytes: 8, overMs: (WINDOW_S - 30) * 1000 };
  await data.fill({ ...WAITING, messages, ...lasting }, progress, `${messages} deduplication ids`);
  await using opened = await Opened.on(data.path, queue);
  const before = opened.residentMb().now;
  const beganMs = performance.now();
  // The last that was sent: known only when everything has been read.
  const last = {
    MessageBody: 'again',
    MessageGroupId: 'group-0',
    MessageDeduplicationId: String(messages - 1),
  };
  const sent = (await opened.ask('SendMessage', { QueueUrl: opened.url(queue), ...last })) as {
    SequenceNumber: string;
  };
  const knownS = (performance.now() - beganMs) / 1000;
  const isDuplicate = Number(sent.SequenceNumber) <= messages;
  const bytesOfId = ((opened.residentMb().now - before) * 1e6) / messages;
  return [
    figure(
      `memory of one of ${messages} deduplication ids`,
      bytesOfId,
      'bytes',
      `<= ${MOST_BYTES_OF_ID} bytes`,
      bytesOfId <= MOST_BYTES_OF_ID,
    ),
    figure('a duplicate is known after a restart', knownS, 's', 'told; as a duplicate', isDuplicate),
  ];
}
