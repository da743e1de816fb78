/** An HTTP answer. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, string>>
}

/** An answer without credentials. SDKs look for the text under one of three names. */
export function answerOf(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: { code, message, Code: code, Message: message } }
}
