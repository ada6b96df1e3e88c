/**
 * A map laid over another: what is set or deleted here does not reach the one below, which must not change while layers
 * on it are in use. Making one costs nothing, which matters: every branch, pipe and substitution has its own.
 */
export class Layer<Key, Value> {
  readonly #below: Layer<Key, Value> | null;
  /** What was set here; undefined stands for deleted. */
  #own: Map<Key, Value | undefined> | null = null;

  constructor(below: Layer<Key, Value> | null = null) {
    this.#below = below;
  }

  get(key: Key): Value | undefined {
    if (this.#own?.has(key) === true) return this.#own.get(key);
    return this.#below?.get(key);
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  set(key: Key, value: Value): void {
    this.#own ??= new Map();
    this.#own.set(key, value);
  }

  /** Returns whether there was something to delete. */
  delete(key: Key): boolean {
    if (!this.has(key)) return false;
    this.#own ??= new Map();
    this.#own.set(key, undefined);
    return true;
  }

  /** Whether something was set or deleted in this layer itself. */
  get isChanged(): boolean {
    return this.#own !== null;
  }

  /** Returns the keys set or deleted in this layer itself. */
  changed(): Iterable<Key> {
    return this.#own?.keys() ?? [];
  }

  /** Returns the keys set or deleted in this layer and those below it, down to `base`, which it must stand on. */
  changedSince(base: Layer<Key, Value>): Set<Key> {
    const keys = new Set<Key>(this.changed());
    let at = this.#below;
    while (at !== null && at !== base && at !== base.#ground()) {
      for (const key of at.changed()) keys.add(key);
      at = at.#below;
    }
    return keys;
  }

  /** Returns all keys that hold something. */
  keys(): Set<Key> {
    const keys = this.#below === null ? new Set<Key>() : this.#below.keys();
    for (const [key, value] of this.#own ?? []) {
      if (value === undefined) keys.delete(key);
      else keys.add(key);
    }
    return keys;
  }

  /** Returns a layer over this one. */
  over(): Layer<Key, Value> {
    return new Layer(this.#ground());
  }

  /** Layers that hold nothing are left out, so that deep nesting does not make long ways. */
  #ground(): Layer<Key, Value> {
    return this.#own === null && this.#below !== null ? this.#below : this;
  }
}
