// Loaded by a program that waits for its function, so that what loads modules is warm; ahead-script.cjs is the other kind.
export async function handler() {}
