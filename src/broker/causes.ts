import type { MessageId } from '../base/ids.ts';
import type { MessageAttributes } from '../message/attribute.ts';
import { attributesMd5, attributesSizeBytes } from '../message/attribute.ts';
import type { Message } from '../message/message.ts';

/** More are not remembered at once: the oldest go. */
const MOST_CAUSES = 10_000;

/**
 * Why messages could not be handled, as whoever tried said it last; kept in memory until they become dead letters. A kill
 * forgets it: the message counts, the reason is a service.
 */
export class Causes {
  readonly #causes = new Map<MessageId, MessageAttributes>();

  /** What is said of a message last holds. */
  note(id: MessageId, cause: MessageAttributes): void {
    this.#causes.delete(id);
    this.#causes.set(id, cause);
    const [oldest] = this.#causes.keys();
    if (this.#causes.size > MOST_CAUSES && oldest !== undefined) this.#causes.delete(oldest);
  }

  /** The message with its cause among its attributes; its sender's own go before. The cause is forgotten. */
  attach(message: Message): Message {
    const cause = this.#causes.get(message.id);
    if (cause === undefined) return message;
    this.#causes.delete(message.id);
    const attributes = { ...cause, ...message.attributes };
    const digest = attributesMd5(attributes);
    const added = attributesSizeBytes(attributes) - attributesSizeBytes(message.attributes);
    return {
      ...message,
      attributes,
      sizeBytes: message.sizeBytes + added,
      ...(digest !== undefined && { attributesMd5: digest }),
    };
  }
}
