/** A page at the function's URL: asks for a name, and greets it. */
export async function handler({ requestContext, body = '', isBase64Encoded }) {
  const { method } = requestContext.http;
  if (method !== 'GET' && method !== 'POST') return { statusCode: 405, headers: { allow: 'GET, POST' } };
  const form = new URLSearchParams(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString());
  const greeting = method === 'POST' ? `Hello, ${escaped(form.get('name') ?? 'world')}!` : 'Who are you?';
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><title>Greetings</title><p>${greeting}<form method="post"><input name="name"><button>Greet</button></form>`,
  };
}

function escaped(text) {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
