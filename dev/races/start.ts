// Starts a racer with the job that its command line says.

import { race } from './racer.ts'

void race(JSON.parse(process.argv[2] ?? ''))
