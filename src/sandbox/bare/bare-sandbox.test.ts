import { SystemClock } from '../../base/clock.ts';
import { sandboxContract } from '../contract.ts';
import { BareSandbox } from './bare-sandbox.ts';

// What the contract leaves to walls (files, other processes, system calls, disk, number of processes) is not held here:
// that is what "bare" says of itself.
sandboxContract('bare', async () => new BareSandbox({ clock: new SystemClock(0, true) }));
