// The 128 programs of General MIDI in plain words, in its sixteen families of eight.

export const INSTRUMENTS: readonly (readonly [family: string, names: readonly string[]])[] = [
  [
    'Pianos',
    [
      'Grand piano',
      'Bright piano',
      'Electric grand',
      'Honky-tonk piano',
      'Electric piano, warm',
      'Electric piano, glassy',
      'Harpsichord',
      'Clavinet',
    ],
  ],
  ['Bells and mallets', ['Celesta', 'Glockenspiel', 'Music box', 'Vibraphone', 'Marimba', 'Xylophone', 'Tubular bells', 'Dulcimer']],
  [
    'Organs',
    ['Drawbar organ', 'Percussive organ', 'Rock organ', 'Church organ', 'Reed organ', 'Accordion', 'Harmonica', 'Tango accordion'],
  ],
  [
    'Guitars',
    [
      'Nylon guitar',
      'Steel guitar',
      'Jazz guitar',
      'Clean electric guitar',
      'Muted guitar',
      'Overdriven guitar',
      'Distorted guitar',
      'Guitar harmonics',
    ],
  ],
  [
    'Basses',
    [
      'Double bass, plucked',
      'Electric bass, fingers',
      'Electric bass, pick',
      'Fretless bass',
      'Slap bass, round',
      'Slap bass, sharp',
      'Synth bass, soft',
      'Synth bass, hard',
    ],
  ],
  ['Strings', ['Violin', 'Viola', 'Cello', 'Double bass, bowed', 'Tremolo strings', 'Plucked strings', 'Harp', 'Timpani']],
  [
    'Many strings, and voices',
    [
      'String orchestra',
      'Slow strings',
      'Synth strings',
      'Slow synth strings',
      'Choir, aah',
      'Voices, ooh',
      'Synth voice',
      'Orchestra hit',
    ],
  ],
  ['Brass', ['Trumpet', 'Trombone', 'Tuba', 'Muted trumpet', 'French horn', 'Brass section', 'Synth brass, bright', 'Synth brass, soft']],
  [
    'Reeds',
    ['Soprano saxophone', 'Alto saxophone', 'Tenor saxophone', 'Baritone saxophone', 'Oboe', 'English horn', 'Bassoon', 'Clarinet'],
  ],
  ['Flutes', ['Piccolo', 'Flute', 'Recorder', 'Pan flute', 'Blown bottle', 'Shakuhachi', 'Whistle', 'Ocarina']],
  ['Synth leads', ['Square', 'Sawtooth', 'Calliope', 'Chiff', 'Charang', 'Synth voice lead', 'Fifths', 'Bass and lead']],
  ['Pads', ['New age pad', 'Warm pad', 'Polysynth pad', 'Choir pad', 'Bowed pad', 'Metallic pad', 'Halo pad', 'Sweeping pad']],
  ['Atmospheres', ['Rain', 'Soundtrack', 'Crystal', 'Atmosphere', 'Brightness', 'Goblins', 'Echoes', 'Science fiction']],
  ['From all over the world', ['Sitar', 'Banjo', 'Shamisen', 'Koto', 'Kalimba', 'Bagpipe', 'Fiddle', 'Shanai']],
  ['Struck', ['Tinkle bell', 'Agogo', 'Steel drums', 'Woodblock', 'Taiko', 'Melodic tom', 'Synth drum', 'Reversed cymbal']],
  ['Noises', ['Fret noise', 'Breath', 'Seashore', 'Birds', 'Telephone', 'Helicopter', 'Applause', 'Gunshot']],
];
