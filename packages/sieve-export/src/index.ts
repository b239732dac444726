export { SieveExportError } from './errors.ts'
