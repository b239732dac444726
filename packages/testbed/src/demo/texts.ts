/** What people write to each other in a small firm. `{n}` becomes a number, `{day}` a date. */
export interface Letter {
  readonly subject: string
  readonly text: readonly string[]
  /** File name of an attachment that goes with it. */
  readonly attachment?: string
}

export const letters: Readonly<Record<'de' | 'en', readonly Letter[]>> = {
  de: [
    {
      subject: 'Angebot Nr. {n} – Büromöbel für den 2. Stock',
      text: [
        'Sehr geehrte Damen und Herren,',
        'wie telefonisch besprochen übersende ich Ihnen unser Angebot für 12 Schreibtische samt Rollcontainern. Die Lieferzeit beträgt derzeit etwa drei Wochen, die Montage ist im Preis enthalten.',
        'Das Angebot gilt bis {day}. Für Rückfragen stehe ich gerne zur Verfügung.',
      ],
      attachment: 'Angebot_{n}.pdf',
    },
    {
      subject: 'Rechnung {n}',
      text: [
        'Guten Tag,',
        'anbei erhalten Sie unsere Rechnung {n} vom {day} mit der Bitte um Überweisung binnen 14 Tagen.',
        'Bei Zahlung innerhalb von 8 Tagen können Sie 2 % Skonto abziehen.',
      ],
      attachment: 'Rechnung {n}.pdf',
    },
    {
      subject: 'Terminverschiebung: Besprechung am {day}',
      text: [
        'Hallo,',
        'leider muss ich den Termin am {day} verschieben, der Installateur kommt nur vormittags. Würde euch der Donnerstag um 14:30 Uhr passen? Der kleine Besprechungsraum wäre frei.',
      ],
    },
    {
      subject: 'Lieferschein und fehlende Kartons',
      text: [
        'Liebe Kollegen,',
        'bei der heutigen Lieferung fehlen drei Kartons (Pos. 4, Größe XL). Der Fahrer hat das auf dem Lieferschein vermerkt. Bitte bis morgen reklamieren, sonst ist die Frist vorbei.',
      ],
      attachment: 'Lieferschein-{n}.pdf',
    },
    {
      subject: 'Protokoll Jour fixe',
      text: [
        'Liebes Team,',
        'hier das Protokoll von gestern. Offene Punkte: Wartungsvertrag Drucker (Anna), Schlüsselliste (Jürgen), Urlaubsplanung Juli/August – bitte tragt euch bis {day} ein.',
        'Der Weihnachtsfeier-Beschluss wurde vertagt.',
      ],
      attachment: 'Protokoll.docx',
    },
    {
      subject: 'Urlaub vom {day} bis Monatsende',
      text: [
        'Hallo zusammen,',
        'ich bin ab {day} auf Urlaub. In dringenden Fällen bitte an Frau Müller wenden, sie hat auch den Schlüssel zum Archiv.',
      ],
    },
    {
      subject: 'Mahnung zu Auftrag {n}',
      text: [
        'Sehr geehrter Herr Huber,',
        'zu unserem Auftrag {n} konnten wir bis heute keinen Zahlungseingang feststellen. Sicher handelt es sich um ein Versehen. Sollten Sie bereits überwiesen haben, betrachten Sie dieses Schreiben bitte als gegenstandslos.',
      ],
    },
    {
      subject: 'Fotos vom Betriebsausflug an den Grundlsee',
      text: [
        'Ihr Lieben,',
        'anbei ein paar Fotos. Schön war’s! Wer noch welche hat, bitte an mich schicken, ich mache ein Album für das Büro.',
      ],
      attachment: 'Grundlsee {n}.jpg',
    },
    {
      subject: 'Änderung der Öffnungszeiten',
      text: [
        'Sehr geehrte Kundinnen und Kunden,',
        'ab {day} gelten bei uns neue Öffnungszeiten: Montag bis Donnerstag 8–17 Uhr, Freitag 8–13 Uhr. Das Lager ist samstags nicht mehr besetzt.',
      ],
    },
    {
      subject: 'Kostenvoranschlag Fenstertausch',
      text: [
        'Sehr geehrter Herr Ing. Wöß,',
        'vielen Dank für die Besichtigung. Könnten Sie den Kostenvoranschlag bitte getrennt nach Süd- und Nordseite aufschlüsseln? Die Förderung verlangt das so.',
      ],
    },
  ],
  en: [
    {
      subject: 'Order {n} has been shipped',
      text: [
        'Dear customer,',
        'your order {n} left our warehouse today and should reach you by {day}. Please check the parcels for damage before you sign.',
      ],
    },
    {
      subject: 'Quote for 40 units of B-17',
      text: [
        'Hello Anna,',
        'please find our quote attached. The price holds until {day}; freight to Graz is included. If you can take 60 units we could go down by another 4 per cent.',
      ],
      attachment: 'Quote-{n}.pdf',
    },
    {
      subject: 'Customs papers missing',
      text: [
        'Hi all,',
        'the carrier still waits for the customs declaration of shipment {n}. Could somebody send the signed copy today? Otherwise it stays in Trieste over the weekend.',
      ],
    },
    {
      subject: 'Minutes of our call',
      text: [
        'Hi,',
        'thanks for the call. To sum up: you send the drawings by {day}, we confirm the lead time, and Karl decides on the colour. I have put the figures into the sheet.',
      ],
      attachment: 'figures.xlsx',
    },
    {
      subject: 'Visit in May?',
      text: [
        'Dear Mr Gruber,',
        'we shall be at the fair in Vienna and would like to visit you on {day}. Would the morning suit you? There will be three of us.',
      ],
    },
    {
      subject: 'Invoice {n} – wrong VAT number',
      text: [
        'Hello,',
        'our accountants noticed that invoice {n} shows the old VAT number. Could you please issue it again? Everything else is fine.',
      ],
    },
  ],
}

export const replies: Readonly<Record<'de' | 'en', readonly string[]>> = {
  de: [
    'Danke, passt so. Ich kümmere mich darum.',
    'Geht leider nicht, da bin ich beim Zahnarzt. Übermorgen?',
    'Habe ich weitergeleitet. Bitte schick mir noch die Größen und die genaue Lieferadresse.',
    'Ist erledigt. Schöne Grüße aus dem Lager!',
    'Könnten wir das bitte kurz telefonisch klären? Ich bin bis 16 Uhr erreichbar.',
    'Einverstanden. Die Bestätigung geht heute noch hinaus.',
  ],
  en: [
    'Thanks, that works for us.',
    'Sorry for the late answer, I was travelling. Yes to both questions.',
    'Could you resend the attachment? It arrived empty.',
    'Perfect. Talk to you on Monday.',
    'I have to ask Karl first and will come back to you.',
  ],
}

export const goodbyes: Readonly<Record<'de' | 'en', readonly string[]>> = {
  de: ['Mit freundlichen Grüßen', 'Liebe Grüße', 'Schöne Grüße', 'Herzliche Grüße', 'MfG'],
  en: ['Kind regards', 'Best regards', 'All the best', 'Regards'],
}

export const newsletters: readonly Letter[] = [
  {
    subject: '🎄 Nur heute: 20 % auf alle Drucker!',
    text: ['Jetzt zugreifen!', 'Nur solange der Vorrat reicht.'],
  },
  {
    subject: 'Newsletter der Wirtschaftskammer, Ausgabe {n}',
    text: ['Guten Tag,', 'die Themen dieser Ausgabe: Lehrlingsförderung, Registrierkasse, Energiekosten.'],
  },
  {
    subject: 'Your weekly digest',
    text: ['Here is what you missed this week.', 'To unsubscribe, follow the link below.'],
  },
]

export const spam: readonly Letter[] = [
  {
    subject: 'Sie haben 1 (eine) neue Nachricht von Ihrer Bank',
    text: ['Sehr geehrter Kunde,', 'Ihr Konto wurde gespert. Bitte bestätigen Sie umgehend Ihre Daten.'],
  },
  { subject: 'RE: your payment {n}', text: ['Dear beneficiary,', 'kindly open the attached document.'] },
  { subject: 'Cheap watches!!!', text: ['Replica watches, best prices, worldwide shipping.'] },
]
