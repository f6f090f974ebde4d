// Which network addresses are this computer or its neighbourhood: loopback, private and link-local networks, and all else that is not the
// public internet. A page of the web must not make mst ask there, where a user's router, printer or cloud keys may answer.

import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose IPv4 blocks that are not globally reachable, and multicast. */
const local4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** The same of IPv6; the tunnels 6to4 and Teredo lead to IPv4 addresses and serve nobody any more. */
const local6: readonly (readonly [string, number])[] = [
  ['::', 127],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

/** Prefixes before an IPv4 address inside an IPv6 one: mapped, compatible, translated by NAT64. */
const carriers: readonly string[] = ['::ffff:', '::', '64:ff9b::'];

const local = new BlockList();
for (const [network, prefix] of local4) {
  local.addSubnet(network, prefix, 'ipv4');
  for (const carrier of carriers) local.addSubnet(`${carrier}${network}`, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of local6) local.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address is not one of the public internet. What is no IP address counts as local. */
export function isLocal(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  return family === 0 || local.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}
