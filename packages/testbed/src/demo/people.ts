import type { Person } from './compose.ts'

/** Who works at the demo's firm. */
export const staff = {
  anna: { name: 'Anna Müller', address: 'anna@example.at', language: 'de' },
  chef: { name: 'Karl Gruber', address: 'chef@example.at', language: 'de' },
  juergen: { name: 'Jürgen Größinger', address: 'juergen@example.at', language: 'de' },
  buchhaltung: { name: 'Buchhaltung Beispiel GmbH', address: 'buchhaltung@example.at', language: 'de' },
  office: { name: 'Büro Beispiel GmbH', address: 'office@example.at', language: 'de' },
  verkauf: { name: 'Verkauf Beispiel GmbH', address: 'verkauf@example.at', language: 'de' },
  lager: { name: 'Lager Beispiel GmbH', address: 'lager@example.at', language: 'de' },
  alt: { name: 'Ernst Altmann (Pension)', address: 'alt@example.at', language: 'de' },
  obmann: { name: 'Obmann Verein', address: 'obmann@verein.example', language: 'de' },
  kassa: { name: 'Kassa Verein', address: 'kassa@verein.example', language: 'de' },
} as const satisfies Record<string, Person>

/** Whom they write to. */
export const outsiders: readonly Person[] = [
  { name: 'Huber & Söhne', address: 'huber@huber-soehne.example', language: 'de' },
  { name: 'Ing. Franz Wöß', address: 'f.woess@fensterbau.example', language: 'de' },
  { name: 'Sabine Öllinger', address: 'sabine.oellinger@post.example', language: 'de' },
  { name: 'Trieste Shipping', address: 'ops@trieste-shipping.example', language: 'en' },
  { name: 'Margaret Dawson', address: 'm.dawson@dawson.example', language: 'en' },
  { name: 'Łukasz Nowak', address: 'lukasz@nowak.example', language: 'en' },
  { name: 'Stadtwerke Kundendienst', address: 'kundendienst@stadtwerke.example', language: 'de' },
  { name: 'Steuerberatung Prüller', address: 'kanzlei@prueller.example', language: 'de' },
]
