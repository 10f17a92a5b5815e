/** Writes the few messages of onnx.proto (ONNX IR version 8, opset 13) that a small test model needs. */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_INT = 2;

type Field = Uint8Array;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

function number(field: number, value: number): Field {
  return Uint8Array.from([...varint((field << 3) | VARINT), ...varint(value)]);
}

function bytes(field: number, content: Uint8Array): Field {
  return Buffer.concat([
    Uint8Array.from([...varint((field << 3) | LENGTH_DELIMITED), ...varint(content.length)]),
    content,
  ]);
}

function text(field: number, content: string): Field {
  return bytes(field, Buffer.from(content));
}

function message(field: number, fields: readonly Field[]): Field {
  return bytes(field, Buffer.concat(fields));
}

function rawTensor(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): Field {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = data instanceof Float32Array ? FLOAT : INT64;
  return message(5, [...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), bytes(9, raw)]);
}

export function floats(name: string, dims: readonly number[], data: Float32Array): Field {
  return rawTensor(name, dims, data);
}

export function integers(name: string, values: readonly number[]): Field {
  return rawTensor(name, [values.length], BigInt64Array.from(values, BigInt));
}

export function node(
  operator: string,
  { inputs, output, axis }: { readonly inputs: readonly string[]; readonly output: string; readonly axis?: number },
): Field {
  const attribute =
    axis === undefined ? [] : [message(5, [text(1, 'axis'), number(3, axis), number(20, ATTRIBUTE_INT)])];
  return message(1, [...inputs.map((input) => text(1, input)), text(2, output), text(4, operator), ...attribute]);
}

/** A name stands for a dimension of any length. */
function tensorValue(field: number, name: string, dims: readonly (number | string)[]): Field {
  const shape = dims.map((dim) => message(1, [typeof dim === 'number' ? number(1, dim) : text(2, dim)]));
  return message(field, [text(1, name), message(2, [message(1, [number(1, FLOAT), message(2, shape)])])]);
}

export function input(name: string, dims: readonly (number | string)[]): Field {
  return tensorValue(11, name, dims);
}

export function output(name: string, dims: readonly (number | string)[]): Field {
  return tensorValue(12, name, dims);
}

export function model(graph: readonly Field[]): Uint8Array {
  return Buffer.concat([
    number(1, 8),
    message(7, [...graph, text(2, 'test')]),
    message(8, [text(1, ''), number(2, 13)]),
  ]);
}
