import type { ServerResponse } from 'node:http';

/** An error answer that needs no more than node:http: JSON, never a stack. `message` is for people. */
export function answerError(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ error: { status, message } });
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.setHeader('Cache-Control', 'no-store');
  response.end(body);
}

/** The one answer for everything that is not here, so that it tells nothing of what is. */
export function answerNotFound(response: ServerResponse): void {
  answerError(response, 404, 'There is nothing at this address.');
}
