// npm shacl-engine on one file: `node shacl_engine_peer.mjs DATA SHAPES`, run where it is installed.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.cwd() + '/'))
const load = async name => import(pathToFileURL(require.resolve(name)))
const rdf = (await load('rdf-ext')).default
const { StreamParser } = await load('n3')
const { Validator } = await load('shacl-engine')
const { validations } = await load('shacl-engine/sparql.js')

const read = file => rdf.dataset().import(createReadStream(file).pipe(new StreamParser()))
const [data, shapes] = await Promise.all(process.argv.slice(2).map(read))
const report = await new Validator(shapes, { factory: rdf, validations }).validate({ dataset: data })
for (const result of report.results) {
  console.log([result.shape.ptr.value, result.constraintComponent.value, result.focusNode.value].join('\t'))
}
