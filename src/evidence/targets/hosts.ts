/** What a host's name tells. Pure. */

/** Returns whether `host` is this machine by its name or number, or a socket in its file system. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|[\w-]+\.localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0|(?:host|gateway|kubernetes)\.docker\.internal|\/.*)$/i.test(
    host,
  );
}

/** Returns the host of a URL, an IPv6 address without its brackets, or null when it is none. */
export function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : null;
}
