import { scheduleTests } from './support/run-schedules.ts'

// Two files, for they run side by side.
scheduleTests(1, 2)
