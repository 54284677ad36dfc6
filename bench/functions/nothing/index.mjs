/** Answers at once. */
export async function handler() {
  return {};
}
