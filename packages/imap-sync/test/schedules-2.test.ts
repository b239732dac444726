import { scheduleTests } from './support/run-schedules.ts'

scheduleTests(2, 2)
