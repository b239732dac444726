/** Sieve scripts of the demo's people, as Roundcube and others wrote them; the first of each is the active one. */
export const demoFilters: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  // Away, with dates that have passed; an older script lies beside it.
  [
    'chef@example.at',
    new Map([
      [
        'roundcube',
        `require ["fileinto","vacation","date","relational"];
# rule:[Urlaub]
if allof (currentdate :value "ge" "date" "2025-08-01", currentdate :value "le" "date" "2025-08-15")
{
	vacation :days 3 :addresses ["chef@example.at"] :subject "Urlaub" "Ich bin bis 15. August im Urlaub. Bitte wenden Sie sich an anna@example.at.";
}
# rule:[Zubau]
if header :contains "subject" "Zubau"
{
	fileinto "INBOX.Projekte.Zubau 2018";
}
`,
      ],
      ['alt', 'keep;\n'],
    ]),
  ],
  // Forwards by himself, which no alias shows.
  [
    'juergen@example.at',
    new Map([
      [
        'weiterleitung',
        `require ["copy"];
# rule:[Kopie nach Hause]
redirect :copy "juergen.privat@provider.example";
`,
      ],
    ]),
  ],
  // mailcow sorts spam by itself.
  [
    'office@example.at',
    new Map([
      [
        'spam',
        `require ["fileinto"];
if header :contains "X-Spam-Flag" "YES"
{
	fileinto "INBOX.Spam";
	stop;
}
`,
      ],
    ]),
  ],
  // Tells a program, which mailcow runs for nobody.
  [
    'lager@example.at',
    new Map([
      [
        'lager',
        `require ["vnd.dovecot.pipe", "copy"];
# rule:[Bestellungen an die Warenwirtschaft]
if header :contains "subject" "Bestellung"
{
	pipe :copy "warenwirtschaft";
}
`,
      ],
    ]),
  ],
])
