import { parseArgs } from 'node:util';
import { killAndCheck } from './kill-and-check.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const campaign = { kills: Number(values.kills), seed: Number(values.seed) };
console.log(`${campaign.kills} kills, seed ${campaign.seed}`);
const verdict = await killAndCheck({ ...campaign, tell: (line) => console.log(line) });
console.log(
  `${verdict.acknowledgedSends} sends, ${verdict.acknowledgedDeletes} deletes and ${verdict.acknowledgedMoves} moves acknowledged, ` +
    `${verdict.violations.length} violations`,
);
for (const violation of verdict.violations.slice(0, 20)) console.log(`  ${violation}`);
process.exitCode = verdict.violations.length === 0 ? 0 : 1;
