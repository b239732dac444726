/** The options of imapsync that mailcow lets through in `custom_params`. */
const ALLOWED_OPTIONS: ReadonlySet<string> = new Set(
  `abort authmd51 authmd52 authmech1 authmech2 authuser1 authuser2 debug debugcontent debugcrossduplicates debugflags
   debugfolders debugimap debugimap1 debugimap2 debugmemory debugssl delete1emptyfolders delete2folders
   disarmreadreceipts domain1 domain2 domino1 domino2 dry errorsmax exchange1 exchange2 exitwhenover expunge1 f1f2
   filterbuggyflags folder folderfirst folderlast folderrec gmail1 gmail2 idatefromheader include inet4 inet6
   justconnect justfolders justfoldersizes justlogin keepalive1 keepalive2 log logdir logfile maxbytesafter
   maxlinelength maxmessagespersecond maxsize maxsleep minage minsize noabletosearch noabletosearch1 noabletosearch2
   noexpunge1 noexpunge2 nofoldersizesatend noid nolog nomixfolders noresyncflags nossl1 nossl2 nosyncacls notls1
   notls2 nouidexpunge2 nousecache oauthaccesstoken1 oauthaccesstoken2 oauthdirect1 oauthdirect2 office1 office2
   pidfile pidfilelocking prefix1 prefix2 proxyauth1 proxyauth2 resyncflags resynclabels search search1 search2 sep1
   sep2 showpasswords skipemptyfolders ssl2 sslargs1 sslargs2 subfolder1 subscribe subscribed syncacls syncduplicates
   syncinternaldates synclabels tests testslive testslive6 tls2 truncmess usecache useheader useuid`.split(
    /\s+/,
  ),
)

/** Why custom parameters are refused. They are split at every hyphen, also inside a value. */
export function parameterProblem(parameters: string): string | undefined {
  for (const part of parameters.split('-')) {
    if (part === '' || part === '0') continue
    const name = part.includes('=') ? (part.split('=')[0] ?? '') : part.replace(/ +$/, '')
    if (name.includes(' ')) return 'bad character SPACE'
    if (!ALLOWED_OPTIONS.has(name.toLowerCase())) return `bad option ${name}`
  }
  return undefined
}
