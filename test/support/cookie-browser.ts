/** A browser as far as sign-in needs one: it keeps cookies for each host and sends them back. */
export class CookieBrowser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** One request; redirections are the caller's to follow. */
  async ask(address: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(address);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    const headers = new Headers(init.headers);
    // Another server may listen there the next time.
    headers.set('Connection', 'close');
    if (jar.size > 0) headers.set('Cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const isGone = attributes.some((one) => /^Expires=Thu, 01 Jan 1970/i.test(one) || one === 'Max-Age=0');
      if (isGone) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    return response;
  }

  /** Follows redirections until one leads to an address that `until` knows, which is not asked for any more. */
  async follow(address: string, until: (address: string) => boolean): Promise<string> {
    let now = address;
    for (let step = 0; step < 20; step++) {
      if (until(now)) return now;
      const response = await this.ask(now);
      const next = response.headers.get('location');
      if (next === null)
        throw new Error(`${now} answered ${response.status} and leads nowhere: ${await response.text()}`);
      now = new URL(next, now).href;
    }
    throw new Error(`${address} leads in circles`);
  }

  cookies(address: string): ReadonlyMap<string, string> {
    return this.#jars.get(new URL(address).host) ?? new Map();
  }

  setCookie(address: string, name: string, value: string): void {
    const { host } = new URL(address);
    this.#jars.set(host, new Map([...(this.#jars.get(host) ?? []), [name, value]]));
  }
}
