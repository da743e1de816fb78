// Every call of every journey in every place with every fault, or those of them that somebody chooses.

import { openSeat, type Seat } from './crew.ts'
import type { Run, Way } from './drive.ts'
import type { Plan } from './gates.ts'
import { type Journey, journeys } from './journeys.ts'
import { type Place, places } from './places.ts'
import { type Call, faults } from './proxy.ts'
import type { Means } from './world.ts'

/** What became of one journey in one place. */
export type Trial = {
  readonly name: string
  readonly place: Place
  readonly calls: number
  readonly runs: number
  readonly broken: readonly Broken[]
  /** How often it was finished in which way. */
  readonly found: ReadonlyMap<Way, number>
}

/** A run that did not hold. */
export type Broken = Pick<Run, 'wrong'> & { readonly plan: Plan }

/** What is tried. */
export type Choice = {
  fits(name: string, place: Place): boolean
  /** Of all that can go wrong in a journey in a place. */
  plans(all: readonly Plan[], place: Place): readonly Plan[]
  readonly atOnce: number
}

/** Hears how it goes on. */
export type Listener = {
  broke(journey: Pick<Trial, 'name' | 'place'>, broken: Broken): void
  finished(trial: Trial): void
  /** So many runs of so many are over. */
  progress(done: number, all: number): void
}

type Open = {
  readonly journey: Journey
  readonly place: Place
  readonly calls: readonly Call[]
  readonly plans: readonly Plan[]
  readonly broken: Broken[]
  readonly found: Map<Way, number>
  left: number
}

/** Tries it. A journey that goes wrong without any fault ends it. */
export async function tryAll(
  means: Means,
  { fits, plans, atOnce }: Choice,
  listener: Listener,
): Promise<readonly Trial[]> {
  const chosen = journeys.flatMap((journey) =>
    placesOf(journey, means)
      .filter((place) => fits(journey.name, place))
      .map((place) => ({ journey, place })),
  )
  const crew = Array.from({ length: atOnce }, () => openSeat(means))
  try {
    return await tryWith(crew, chosen, plans, listener)
  } finally {
    for (const seat of crew) seat.close()
  }
}

async function tryWith(
  crew: readonly Seat[],
  chosen: readonly Pick<Open, 'journey' | 'place'>[],
  plans: Choice['plans'],
  { broke, finished, progress }: Listener,
): Promise<readonly Trial[]> {
  const open: Open[] = []
  await inParallel(crew, chosen, async (seat, { journey, place }) => {
    const { calls, wrong } = await seat.travel({ name: journey.name, place, plan: undefined })
    if (wrong.length > 0)
      throw new Error(`${journey.name} (${place}) goes wrong without any fault: ${wrong.join('; ')}`)
    const mine = plans(
      calls.flatMap((call) => faults.map((fault): Plan => ({ call, fault }))),
      place,
    )
    open.push({ journey, place, calls, plans: mine, broken: [], found: new Map(), left: mine.length })
  })
  const runs = inTurn(open.map((one) => one.plans.map((plan) => ({ one, plan }))))
  let done = 0
  await inParallel(crew, runs, async (seat, { one, plan }) => {
    const { way, wrong } = await seat.travel({ name: one.journey.name, place: one.place, plan })
    one.found.set(way, (one.found.get(way) ?? 0) + 1)
    if (wrong.length > 0) {
      one.broken.push({ plan, wrong })
      broke({ name: one.journey.name, place: one.place }, { plan, wrong })
    }
    progress(++done, runs.length)
    if (--one.left === 0) finished(trialOf(one))
  })
  return open.map(trialOf)
}

const placesOf = (journey: Journey, { dynamoDb }: Means) =>
  places.filter(
    (place) => journey.places.includes(place) && (place !== 'DynamoDB Local' || dynamoDb !== undefined),
  )

const trialOf = ({ journey, place, calls, plans, broken, found }: Open): Trial => ({
  name: journey.name,
  place,
  calls: calls.length,
  runs: plans.length,
  broken,
  found,
})

/** One of each list after the other: what needs processes and what does not share the machine from the first to the last. */
function inTurn<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat()
}

async function inParallel<Item>(
  crew: readonly Seat[],
  items: readonly Item[],
  use: (seat: Seat, item: Item) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]()
  await Promise.all(
    crew.map(async (seat) => {
      for (const item of left) await use(seat, item)
    }),
  )
}
