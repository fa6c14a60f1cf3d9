/** `prometheus.ReadRequest` in both directions. */
import { Matcher, type MatchType } from '../../model/matcher.ts';
import {
  LENGTH_DELIMITED,
  ProtobufError,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';

export type ReadResponseType = 'samples' | 'chunks' | 'unknown';

const RESPONSE_TYPES: readonly ReadResponseType[] = ['samples', 'chunks'];
const MATCH_TYPES: readonly MatchType[] = ['=', '!=', '=~', '!~'];

/** Both ends included. */
export interface ReadQuery {
  readonly startMs: number;
  readonly endMs: number;
  readonly matchers: readonly Matcher[];
}

export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  /** Most wanted first; empty is samples. */
  readonly accepted: readonly ReadResponseType[];
}

export function encodeReadRequest(request: ReadRequest): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { startMs, endMs, matchers } of request.queries) {
    const query = writer.begin(1);
    writer.int(1, startMs).int(2, endMs);
    for (const { type, name, value } of matchers) {
      const matcher = writer.begin(3);
      writer.uint(1, MATCH_TYPES.indexOf(type)).string(2, name).string(3, value).end(matcher);
    }
    writer.end(query);
  }
  for (const type of request.accepted) writer.uint(2, RESPONSE_TYPES.indexOf(type));
  return writer.finish();
}

/** @throws ProtobufError, RegexError */
export function decodeReadRequest(reader: ProtobufReader): ReadRequest {
  const queries: ReadQuery[] = [];
  const accepted: ReadResponseType[] = [];
  const readType = (): void => {
    accepted.push(RESPONSE_TYPES[reader.readUint()] ?? 'unknown');
  };
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) queries.push(readQuery(reader));
    else if (tag === tagOf(2, VARINT)) readType();
    else if (tag === tagOf(2, LENGTH_DELIMITED)) {
      const outerEnd = reader.enter();
      while (!reader.atEnd) readType();
      reader.leave(outerEnd);
    } else reader.skip(tag);
  }
  return { queries, accepted };
}

/** Hints are not read: they would let us give less, never more. */
function readQuery(reader: ProtobufReader): ReadQuery {
  let startMs = 0;
  let endMs = 0;
  const matchers: Matcher[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT)) startMs = reader.readInt();
    else if (tag === tagOf(2, VARINT)) endMs = reader.readInt();
    else if (tag === tagOf(3, LENGTH_DELIMITED)) matchers.push(readMatcher(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { startMs, endMs, matchers };
}

function readMatcher(reader: ProtobufReader): Matcher {
  let type = 0;
  let name = '';
  let value = '';
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT)) type = reader.readUint();
    else if (tag === tagOf(2, LENGTH_DELIMITED)) name = reader.readString();
    else if (tag === tagOf(3, LENGTH_DELIMITED)) value = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  const matchType = MATCH_TYPES[type];
  if (matchType === undefined) throw new ProtobufError('invalid matcher type', reader.offset);
  return new Matcher(matchType, name, value);
}
