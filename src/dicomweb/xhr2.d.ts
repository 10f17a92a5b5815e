/** The part of xhr2 that this product uses; the package brings no types. */
declare module 'xhr2' {
  class XMLHttpRequest {
    /** Milliseconds of silence on the connection. */
    timeout: number;
    readonly status: number;
    readonly response: unknown;
    addEventListener(event: 'load' | 'error' | 'timeout' | 'abort', listener: () => void): void;
    send(data?: unknown): void;
    abort(): void;
    nodejsSet(options: {
      readonly httpAgent: import('node:http').Agent;
      readonly httpsAgent: import('node:https').Agent;
    }): void;
    protected _onHttpResponse(
      request: import('node:http').ClientRequest,
      response: import('node:http').IncomingMessage,
    ): void;
    protected _onHttpRequestError(request: import('node:http').ClientRequest, error: Error): void;
  }
  export = XMLHttpRequest;
}
