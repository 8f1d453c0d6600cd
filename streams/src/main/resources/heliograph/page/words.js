// Everything that the page says, in each of its languages. What the engine says (alerts, diagnoses) is in English: another
// language says what is watched itself, below what the rule is called. Where it can't, the engine's words stand.
const EN = {
  skip: 'Skip to the figures',
  site: 'Site',
  theme: 'Theme',
  themeHint: 'Light, dark, or as the system',
  auto: 'auto', light: 'light', dark: 'dark',
  otherLanguage: 'Français',
  now: 'now', at: 'at {time}',
  connecting: 'connecting', noConnection: 'no connection', noData: 'no data', past: 'past', live: 'live', wrongClock: 'wrong clock',
  lost: 'Connection lost, reconnecting',
  lostAge: 'Connection lost, reconnecting: figures from {time}, {age} old',
  noFiguresYet: 'No live figures yet: waiting for the engine',
  noFiguresFor: 'No live figures for {age}: the last are from {time}',
  nobodyHeard: 'No device has been heard yet',
  oldData: 'Data from {time}, {age} old',
  clocksApart: 'The page’s clock is {age} behind the engine’s: how old the figures are is not known',
  login: 'This page asks for its token', loginGo: 'Show the figures', loginWrong: 'That is not the token',

  pueNote: '{category}, live estimate from power',
  noLive: 'no live figures yet',
  disagree: 'the meters disagree: below 1',
  noIt: 'no current reading of the IT load', noGrid: 'no current reading of the utility meter',
  zeroIt: 'no IT load', noReading: 'no current reading',
  trendCause: '{change} {when}, most by {part}', inAnHour: 'in an hour', inTheHourBefore: 'in the hour before {time}', trendFlat: 'steady over the last hour', trendFlatThen: 'steady {when}',
  scale: 'Scale from {from} to {to}. {range}', range: '24 hours: {low} to {high}',
  quarter: 'Last quarter hour', interim: 'interim {category}', noneClosed: 'none closed yet',
  coverage: 'coverage {share}', estimated: 'estimated', estimatedShare: '{share} estimated',
  provisional: 'provisional', final: 'final', revised: 'revised', revisedTimes: 'revised ({times}{cause})', 'cause_late-data': 'late data', cause_factor: 'a factor',
  andMore: '{text} (and {count} more)',

  today: 'Today', dayOf: 'Day of {date}', since: 'since {time}, {basis}', noDayYet: 'no figures of today yet',
  co2: 'CO₂ avoided', selfConsumption: 'Self-consumption', selfSufficiency: 'Self-sufficiency',
  factor: 'factor {factor}', unknown: 'unknown',
  usedHere: 'of the solar energy, used here', fromSolar: 'of the energy used, from solar',
  noFigures: 'no figures yet', noSolarYet: 'no solar energy yet', noInverters: 'no readings of the inverters',

  alerts: 'Alerts', noAlerts: 'none', noJudge: 'no rule has reported anything yet', judgeFails: 'the rules can’t be evaluated now', alertSince: 'since {time}', critical: 'critical', wholeSite: 'site',
  devices: 'Devices', online: 'online', notCurrent: 'not current', notCurrentDevices: 'Devices without current values', silentFor: 'silent for {age}', neverHeard: 'never heard', clockBehind: 'clock {age} behind', more: 'and {count} more',
  packsMissing: '{missing} of {expected} packs missing', packsGiven: '{count} given up by agents', packsGiven_one: '{count} given up by an agent',

  power: 'Power', solar: 'Solar', grid: 'Grid', generator: 'Generator', battery: 'Battery', charging: 'To battery', export: 'To the grid', it: 'IT', cooling: 'Cooling', loss: 'Losses', auxiliary: 'Auxiliary',
  noReadingUnit: 'no reading', flowIn: 'In: {parts}.', flowOut: 'Out: {parts}.', noFlow: 'No live figures.',

  history: 'Last 24 hours', chartLines: 'Lines of the chart', chartHelp: 'Left and right arrow keys read the quarter hours one by one.',
  historyTable: 'The last 24 hours as a table', noWindow: 'no closed window', time: 'Time',
  readout: '{span}: PUE {pue}, IT {it}, grid {grid}, solar {solar}, {basis}',

  hall: 'Inlet temperatures', hallNote: 'recommended {low}–{high} °C, allowable {min}–{max} °C (ASHRAE A1)',
  hallNone: 'no inlet sensors', hallWithin: '{within} of {known} within', hallWarmest: 'warmest {temp} °C ({device})', row: 'Row', warmest: 'Warmest',
  sensors: 'Inlets, °C', unread: '{count} unread', unread_one: '{count} unread', tooHot: 'above allowable', warm: 'above recommended', cool: 'below recommended', tooCold: 'below allowable', within: 'within',

  cracs: 'Cooling units', cracsNone: 'no cooling units', unit: 'Unit', supply: 'Supply', return: 'Return', fan: 'Fan', demand: 'Demand', state: 'State',
  alarm: 'alarm', alerted: 'see alerts', ok: 'no alarm', untold: 'alarms not reported', notHeard: 'not heard since {time}', unheard: 'not heard',
  cracSummary: '{count} units, supply {low}–{high} °C,', cracSummary_one: '{count} unit, supply {low}–{high} °C,', noAlarms: 'none in alarm', untoldCount: 'alarms of {count} not reported',
  inverters: 'Inverters', invertersNone: 'no inverters', neighbours: 'Beside neighbours', powerOf: 'Power',
  inverterSummary: '{count} units, {power} kW,', inverterSummary_one: '{count} unit, {power} kW,', faultCount: '{count} to look at', noFaults: 'nothing to look at', alertedCount: '{count} with alerts', asleep: 'no sun', noneProduces: 'none produces',
  off: 'off', sleeping: 'asleep', starting: 'starting', mppt: 'running', running: 'running', throttled: 'throttled', shutting_down: 'shutting down', fault: 'fault', standby: 'standby',

  why: 'Why the PUE moved', whyFrom: 'From', whyTo: 'to', whyNow: 'now', whyHour: 'an hour before',
  whyIntro: 'A quarter hour before each of two moments, split by what moved.',
  whyResult: '{before} → {after}: {change}', whyBasis: 'minutes known: {first} before, {second} after', whyNothing: 'no complete minutes around {time}',
  part: 'Part', effect: 'Effect on PUE',
  part_it: 'IT load', part_cooling: 'cooling', part_distribution: 'distribution loss', part_auxiliary: 'auxiliaries', part_unmetered: 'what isn’t metered',
  whySum: 'Sum', whyNote: 'Distribution loss is what the UPS output loses on its way to the racks; unmetered is what no meter below the site’s accounts for: losses of transformer and UPS, and whatever has no meter.',
  data: 'Data',
};

const FR = {
  skip: 'Aller aux chiffres',
  site: 'Site',
  theme: 'Thème',
  themeHint: 'Clair, sombre, ou comme le système',
  auto: 'auto', light: 'clair', dark: 'sombre',
  otherLanguage: 'English',
  now: 'maintenant', at: 'à {time}',
  connecting: 'connexion', noConnection: 'hors ligne', noData: 'sans données', past: 'passé', live: 'en direct', wrongClock: 'horloge fausse',
  lost: 'Connexion perdue, nouvel essai en cours',
  lostAge: 'Connexion perdue, nouvel essai en cours : chiffres de {time}, il y a {age}',
  noFiguresYet: 'Pas encore de chiffres en direct : en attente du moteur',
  noFiguresFor: 'Pas de chiffres en direct depuis {age} : les derniers datent de {time}',
  nobodyHeard: 'Aucun appareil n’a encore été entendu',
  oldData: 'Données de {time}, il y a {age}',
  clocksApart: 'L’horloge de la page a {age} de retard sur celle du moteur : l’âge des chiffres est inconnu',
  login: 'Cette page demande son jeton', loginGo: 'Voir les chiffres', loginWrong: 'Ce n’est pas le jeton',

  pueNote: '{category}, estimation en direct d’après la puissance',
  noLive: 'pas encore de chiffres en direct',
  disagree: 'les compteurs se contredisent : inférieur à 1',
  noIt: 'pas de mesure actuelle de la charge IT', noGrid: 'pas de mesure actuelle du compteur général',
  zeroIt: 'pas de charge IT', noReading: 'pas de mesure actuelle',
  trendCause: '{change} {when}, surtout : {part}', inAnHour: 'en une heure', inTheHourBefore: 'pendant l’heure avant {time}', trendFlat: 'stable depuis une heure', trendFlatThen: 'stable {when}',
  scale: 'Échelle de {from} à {to}. {range}', range: '24 heures : {low} à {high}',
  quarter: 'Dernier quart d’heure', interim: '{category} intermédiaire', noneClosed: 'aucun encore clos',
  coverage: 'couverture {share}', estimated: 'estimé', estimatedShare: '{share} estimé',
  provisional: 'provisoire', final: 'définitif', revised: 'révisé', revisedTimes: 'révisé ({times}{cause})', 'cause_late-data': 'mesures tardives', cause_factor: 'un facteur',
  andMore: '{text} (et {count} de plus)',

  today: 'Aujourd’hui', dayOf: 'Journée du {date}', since: 'depuis {time}, {basis}', noDayYet: 'pas encore de chiffres aujourd’hui',
  co2: 'CO₂ évité', selfConsumption: 'Autoconsommation', selfSufficiency: 'Autoproduction',
  factor: 'facteur {factor}', unknown: 'inconnu',
  usedHere: 'de l’énergie solaire, utilisée ici', fromSolar: 'de l’énergie utilisée, d’origine solaire',
  noFigures: 'pas encore de chiffres', noSolarYet: 'pas encore d’énergie solaire', noInverters: 'pas de mesures des onduleurs',

  alerts: 'Alertes', noAlerts: 'aucune', noJudge: 'aucune règle n’a encore rien signalé', judgeFails: 'les règles ne peuvent pas être évaluées en ce moment', alertSince: 'depuis {time}', critical: 'critique', wholeSite: 'site',
  devices: 'Appareils', online: 'en ligne', notCurrent: 'pas à jour', notCurrentDevices: 'Appareils sans mesure actuelle', silentFor: 'muet depuis {age}', neverHeard: 'jamais entendu', clockBehind: 'horloge en retard de {age}', more: 'et {count} de plus',
  packsMissing: '{missing} paquets manquants sur {expected}', packsGiven: '{count} abandonnés par les agents', packsGiven_one: '{count} abandonné par un agent',

  power: 'Puissance', solar: 'Solaire', grid: 'Réseau', generator: 'Groupe', battery: 'Batterie', charging: 'Vers batterie', export: 'Vers le réseau', it: 'IT', cooling: 'Froid', loss: 'Pertes', auxiliary: 'Auxiliaires',
  noReadingUnit: 'pas de mesure', flowIn: 'Entrées : {parts}.', flowOut: 'Sorties : {parts}.', noFlow: 'Pas de chiffres en direct.',

  history: 'Dernières 24 heures', chartLines: 'Courbes du graphique', chartHelp: 'Les flèches gauche et droite lisent les quarts d’heure un par un.',
  historyTable: 'Les dernières 24 heures en tableau', noWindow: 'pas de fenêtre close', time: 'Heure',
  readout: '{span} : PUE {pue}, IT {it}, réseau {grid}, solaire {solar}, {basis}',

  hall: 'Températures d’entrée', hallNote: 'recommandé {low}–{high} °C, admissible {min}–{max} °C (ASHRAE A1)',
  hallNone: 'pas de capteurs d’entrée', hallWithin: '{within} sur {known} dans la plage', hallWarmest: 'max {temp} °C ({device})', row: 'Rangée', warmest: 'Max',
  sensors: 'Entrées, °C', unread: '{count} non lus', unread_one: '{count} non lu', tooHot: 'au-dessus de l’admissible', warm: 'au-dessus du recommandé', cool: 'au-dessous du recommandé', tooCold: 'au-dessous de l’admissible', within: 'dans la plage',

  cracs: 'Climatiseurs', cracsNone: 'pas de climatiseurs', unit: 'Unité', supply: 'Soufflage', return: 'Reprise', fan: 'Ventil.', demand: 'Demande', state: 'État',
  alarm: 'alarme', alerted: 'voir les alertes', ok: 'sans alarme', untold: 'alarmes non transmises', notHeard: 'muet depuis {time}', unheard: 'muet',
  cracSummary: '{count} unités, soufflage {low}–{high} °C,', cracSummary_one: '{count} unité, soufflage {low}–{high} °C,', noAlarms: 'aucune alarme', untoldCount: 'alarmes de {count} non transmises',
  inverters: 'Onduleurs solaires', invertersNone: 'pas d’onduleurs', neighbours: 'Face aux voisins', powerOf: 'Puissance',
  inverterSummary: '{count} unités, {power} kW,', inverterSummary_one: '{count} unité, {power} kW,', faultCount: '{count} à examiner', noFaults: 'rien à signaler', alertedCount: '{count} avec alertes', asleep: 'pas de soleil', noneProduces: 'pas de production',
  off: 'éteint', sleeping: 'en veille', starting: 'démarrage', mppt: 'en marche', running: 'en marche', throttled: 'bridé', shutting_down: 'arrêt', fault: 'défaut', standby: 'attente',

  why: 'Pourquoi le PUE a bougé', whyFrom: 'De', whyTo: 'à', whyNow: 'maintenant', whyHour: 'une heure avant',
  whyIntro: 'Le quart d’heure avant chacun de deux instants, réparti selon ce qui a bougé.',
  whyResult: '{before} → {after} : {change}', whyBasis: 'minutes connues : {first} avant, {second} après', whyNothing: 'pas de minutes complètes autour de {time}',
  part: 'Poste', effect: 'Effet sur le PUE',
  part_it: 'charge IT', part_cooling: 'froid', part_distribution: 'pertes de distribution', part_auxiliary: 'auxiliaires', part_unmetered: 'non mesuré',
  whySum: 'Somme', whyNote: 'Les pertes de distribution sont ce que la sortie des ASI perd jusqu’aux baies ; le non mesuré est ce qu’aucun compteur sous celui du site n’explique : pertes du transformateur et des ASI, et tout ce qui n’a pas de compteur.',
  data: 'Données',
};

export const WORDS = {en: EN, fr: FR};

/** The shipped rules and the engine's diagnoses. In English their own words say enough. */
const RULES_FR = {
  'pue-high': 'PUE trop élevé',
  'inlet-above-recommended': 'entrée d’air au-dessus du recommandé',
  'inlet-below-recommended': 'entrée d’air au-dessous du recommandé',
  'inlet-above-allowable': 'entrée d’air au-dessus de l’admissible',
  'inlet-below-allowable': 'entrée d’air au-dessous de l’admissible',
  'crac-alarm': 'climatiseur en alarme',
  'crac-against-others': 'climatiseur qui chauffe pendant que d’autres refroidissent',
  'crac-uneven': 'climatiseur bien plus chargé que les autres',
  'inverter-fault': 'onduleur en défaut',
  'inverter-underperforms': 'onduleur au-dessous de ses voisins',
  'import-while-export': 'soutirage et injection en même temps',
  'remainder-high': 'grande part sans compteur aval',
  'leak': 'fuite d’eau',
  'breaker-open': 'disjoncteur ouvert',
  'device-silent': 'appareil muet',
  'packs-missing': 'paquets jamais arrivés',
  'agent-backlog': 'agent en retard',
  'canary-late': 'agent sans nouvelles',
  'agent-clock': 'horloge de l’agent douteuse',
  'device-clock-behind': 'horloge de l’appareil en retard',
  'readings-late': 'site sans mesures récentes',
  'figures-late': 'calcul arrêté',
  'clock-ahead': 'horloge en avance',
  'site-model-refused': 'modèle du site refusé',
  'children-above-parent': 'compteurs aval au-dessus de leur amont',
  'pue-below-one': 'PUE inférieur à 1',
};

/** What a value of a rule's watch means, or one value of it (leak_2). */
const WATCHES_FR = {
  pue: 'le PUE est de {value}',
  remainder: '{value} % de l’énergie du site passe par ce compteur sans atteindre de compteur aval',
  'inlet-high': 'l’air entre à {value} °C', 'inlet-low': 'l’air entre à {value} °C',
  'cooling-events': 'bits d’alarme de l’unité : {value}',
  'cooling-against': 'souffle {value} K plus chaud qu’il ne reprend, pendant qu’une autre unité de sa zone refroidit',
  'cooling-uneven': 'demande de {value} points au-dessus de la médiane des autres unités de sa zone',
  'inverter-state': 'état de l’onduleur : {value}',
  'inverter-fault_1': 'l’onduleur signale un défaut',
  'inverter-yield': '{value} % de l’énergie médiane de ses voisins',
  'import-export': 'soutirage et injection dans la même minute : le plus petit vaut {value} % du plus grand',
  leak_1: 'fuite : avertissement', leak_2: 'fuite : critique',
  breaker_1: 'le disjoncteur a déclenché', breaker_2: 'le disjoncteur est coupé',
  silence: 'pas de mesure depuis {value}',
  'packs-missing': 'paquets numérotés par l’agent et jamais arrivés : {value}',
  'readings-age': 'la dernière mesure du site date d’il y a {value}',
  'figures-age': 'le moteur n’a rien publié depuis {value}',
  'clock-ahead': 'la dernière mesure du site est en avance de {value} sur l’horloge du moteur',
  'clock-behind': 'mesures horodatées {value} en retard sur les autres appareils de l’agent',
  'agent-backlog': 'les envois de l’agent ont {value} de retard',
  'agent-clock_1': 'horloge corrigée tard : des mesures ont attendu', 'agent-clock_2': 'aucun service de temps ne la règle',
  'canary-age': 'la dernière mesure de l’agent sur lui-même date d’il y a {value}',
};

const ALERTS = {en: {rules: {}, watches: {}}, fr: {rules: RULES_FR, watches: WATCHES_FR}};

let words = EN;
let alerts = ALERTS.en;

/** @returns the language that is spoken from now on */
export function learn(language) {
  const spoken = WORDS[language] ? language : 'en';
  words = WORDS[spoken];
  alerts = ALERTS[spoken];
  return spoken;
}

/** A sentence with its parts filled in: of one thing, where that has words of its own, of that. */
export function say(key, parts = {}) {
  const text = (String(parts.count) === '1' ? words[`${key}_one`] : undefined) ?? words[key];
  if (text === undefined) throw new Error(`no words for '${key}'`);
  return text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

/** Whether there are words for something that the engine named. */
export const knows = (key) => Object.hasOwn(words, key);

/** What a rule of alerts is called; undefined where what it says is in the language already, or nobody knows the rule. */
export const ruleName = (rule) => (Object.hasOwn(alerts.rules, rule) ? alerts.rules[rule] : undefined);

/** What a watched value means; undefined as above. */
export const watched = (watch, value) =>
  (Object.hasOwn(alerts.watches, watch) ? alerts.watches[watch].replace('{value}', value) : undefined);

/** Puts the words into the page: data-say for its text, data-say-title and data-say-label for what is read aloud. */
export function tell(root) {
  for (const element of root.querySelectorAll('[data-say]')) element.textContent = say(element.dataset.say);
  for (const element of root.querySelectorAll('[data-say-title]')) element.title = say(element.dataset.sayTitle);
  for (const element of root.querySelectorAll('[data-say-label]')) element.setAttribute('aria-label', say(element.dataset.sayLabel));
}
