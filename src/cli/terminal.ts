/** One line on standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One line on standard error. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What functions print: some clients of the Runtime API, Python's among them, end the lines of one text with a return alone. */
export function readable(text: string): string {
  return text.replaceAll(/\r+\n?/g, '\n').trimEnd();
}

/** Gathers the values of an option that may be repeated. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Rows under their headings, in columns as wide as their widest cell; numbers to the right. */
export function printTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  print(line(headings));
  for (const row of rows) print(line(row));
}

/** Ends the process now, whatever still runs in it. */
export function exit(code: number): never {
  process.exit(code);
}

/** A sentence for the user; the command ends with exit code 1 and prints nothing else. */
export class CommandFailed extends Error {
  override readonly name: string = 'CommandFailed';
  readonly exitCode: number = 1;
}

/** The command was given what it cannot take: exit code 2, as for an option that does not exist. */
export class WrongUsage extends CommandFailed {
  override readonly name = 'WrongUsage';
  override readonly exitCode = 2;
}

/** Lines under the help of a command. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Whoever reads our output may stop early (`| head`): then there is nothing more to do, and nothing is wrong. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit(0);
  });
}
