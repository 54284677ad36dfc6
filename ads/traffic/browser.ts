import { Agent, request, type IncomingMessage } from 'node:http';
import type { ClickRequest, Visit } from './visit.ts';

/** Somebody who asks the ad server for ads and clicks on them; follows no redirect. */
export class Browser {
  readonly #origin: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128 });

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The link of an ad that comes into sight, or undefined when there is none to show. */
  async see(visit: Visit): Promise<string | undefined> {
    const answer = await this.#ask(
      'GET',
      `${this.#origin}/serve?publisher=${visit.publisherId}`,
      headersOf(visit),
    );
    if (answer.status !== 200) return undefined;
    const ad = JSON.parse(answer.text) as { readonly click_url: string; readonly view_url: string };
    await this.#ask('GET', ad.view_url, headersOf(visit));
    return ad.click_url;
  }

  /** Requests the link and answers the status. */
  async click(visit: Visit, link: string, click: ClickRequest): Promise<number> {
    const headers = {
      ...headersOf(visit),
      ...(click.prefetch === true ? { 'Sec-Purpose': 'prefetch' } : {}),
    };
    const url = click.forged === true ? `${link.slice(0, -2)}AA` : link;
    return (await this.#ask(click.method, url, headers)).status;
  }

  /** Closes what connections there are. */
  close(): void {
    this.#agent.destroy();
  }

  #ask(
    method: string,
    url: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const asked = request(url, { method, headers, agent: this.#agent }, (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      asked.on('error', reject).end();
    });
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function headersOf(visit: Visit): Record<string, string> {
  const named = visit.agent === '' ? {} : { 'User-Agent': visit.agent };
  return {
    ...named,
    'X-Forwarded-For': visit.address,
    Referer: visit.referrer ?? 'https://publisher.example/page',
  };
}
