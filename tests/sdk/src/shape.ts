// A small reader of JSON whose result the compiler compares with the SDK's types: every field of a type is named, and has its kind.

/** Hands over what it is given if that is of its kind. */
export type Reader<T> = (value: unknown, at: string) => T;
/** A reader for every field, none left out; what a field may lack, its reader may lack too. */
export type Shape<T> = { [K in keyof T]-?: Reader<T[K]> };

export const text: Reader<string> = (value, at) => kind("string", value, at) as string;
export const number: Reader<number> = (value, at) => kind("number", value, at) as number;
export const boolean: Reader<boolean> = (value, at) => kind("boolean", value, at) as boolean;
export const anything: Reader<unknown> = (value, at) => {
  if (value === undefined) {
    throw new Error(`${at} is missing`);
  }
  return value;
};

/** A time of RFC 3339 in UTC. */
export const time: Reader<string> = (value, at) => matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)(value, at);

export function matching(pattern: RegExp): Reader<string> {
  return (value, at) => {
    if (!pattern.test(text(value, at))) {
      throw new Error(`${at}: ${value} is not like ${pattern}`);
    }
    return value as string;
  };
}

/** Absent, or null, as two reports of a draft are before their first run. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : reader(value, at));
}

export function list<T>(reader: Reader<T>): Reader<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) {
      throw new Error(`${at} is no list, but ${JSON.stringify(value)}`);
    }
    return value.map((one, index) => reader(one, `${at}[${index}]`));
  };
}

/** Fields that the shape does not name are ignored, as the clients ignore them. */
export function object<T>(shape: Shape<T>): Reader<T> {
  return (value, at) => {
    if (typeof value !== "object" || value === null) {
      throw new Error(`${at} is no object, but ${JSON.stringify(value)}`);
    }
    const fields = value as Record<string, unknown>;
    const read = Object.entries<Reader<unknown>>(shape).map(([name, reader]) => [name, reader(fields[name], `${at}.${name}`)]);
    return Object.fromEntries(read) as T;
  };
}

function kind(name: string, value: unknown, at: string): unknown {
  if (typeof value !== name) {
    throw new Error(`${at} is no ${name}, but ${JSON.stringify(value)}`);
  }
  return value;
}
