/** Finds the secret of an access key that the operator configured; undefined for any other. */
export function configuredKeys(
  secrets: Readonly<Record<string, string>>,
): (accessKeyId: string) => { readonly secretAccessKey: string } | undefined {
  const byId = new Map(Object.entries(secrets));
  return (accessKeyId) => {
    const secretAccessKey = byId.get(accessKeyId);
    return secretAccessKey === undefined ? undefined : { secretAccessKey };
  };
}
