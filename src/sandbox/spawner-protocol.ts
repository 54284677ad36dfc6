import type { OutputPaths } from './program-output.ts';

/** What the platform asks of its spawner. */
export type SpawnerRequest =
  /** Named pipes at these paths, one such request at a time. */
  | { readonly kind: 'make-pipes'; readonly paths: readonly string[] }
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly command: readonly string[];
      readonly variables: Readonly<Record<string, string>>;
      readonly workingDirectory: string;
      /** The pipes on which the program prints, open for reading already; their names are removed before it starts. */
      readonly outputs: OutputPaths;
      /** Descriptor 3 is what the program is handed later. */
      readonly isHanded: boolean;
      /** The next descriptor, on which the program names its child as JSON: `{"child-pid": 1}`. */
      readonly namesChild: boolean;
      /** Text among the variables of all that the program starts, by which it is found when the platform is gone. */
      readonly mark?: string;
      /** Makes the program the leader of a session of its own. */
      readonly ownSession: boolean;
    }
  /** Hands a program its text, and closes what it reads that from. */
  | { readonly kind: 'hand'; readonly id: number; readonly text: string }
  | { readonly kind: 'signal'; readonly id: number; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** Nothing more is asked about this program. */
  | { readonly kind: 'forget'; readonly id: number };

/** What the spawner tells. */
export type SpawnerEvent =
  /** All that were asked for are there, or `failure` says why not. */
  | { readonly kind: 'pipes-made'; readonly failure?: string }
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  /** The program itself has ended; what it left behind may still hold its output open. */
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  /** It has ended, and nothing holds what it was handed or named its child on; its outputs close on their own. */
  | { readonly kind: 'closed'; readonly id: number }
  | { readonly kind: 'child'; readonly id: number; readonly pid: number }
  | { readonly kind: 'not-started'; readonly id: number; readonly why: string };
