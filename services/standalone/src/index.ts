export { SERVICES } from './services.js'
