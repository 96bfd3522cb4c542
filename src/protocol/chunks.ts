/** [address, address + length) in parts of `most` bytes. */
export function chunks(address: number, length: number, most: number): { address: number; length: number }[] {
  const parts = [];
  for (let done = 0; done < length; done += most)
    parts.push({ address: address + done, length: Math.min(most, length - done) });
  return parts;
}
