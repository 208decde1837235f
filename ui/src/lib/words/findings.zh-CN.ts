// What happened, in Chinese: what it is, what it means, and the one thing to do. Written to be read
// aloud to somebody who sells shoes: calm, without blame, without jargon.

import type { Facts, FindingTable, FindingWords } from "./facts";

export const findings: FindingTable = (f) => ({
  "AR-101": { title: "还没有安装Claude Desktop", meaning: "在这台电脑上没有找到Claude Desktop。", action: "请下载并安装，装好后这里会自动继续。" },
  "AR-102": { title: "Claude还开着", meaning: "这一步需要先关闭Claude。", action: "请完全退出Claude（包括托盘或菜单栏里的图标），再重试。" },
  "AR-103": { title: "Claude没有退出", meaning: "已经请Claude退出，但它还在运行。可能有窗口在等您确认。", action: "请切换到Claude看一眼，手动退出后再重试。" },
  "AR-104": { title: "Claude没能启动", meaning: "配置没有问题，但Claude没有打开。", action: "请手动打开Claude。打不开的话，重新安装一次Claude。" },
  "AR-105": { title: "Claude版本太旧", meaning: "现在的版本还不支持接入其他服务。", action: "请安装最新版的Claude Desktop。" },
  "AR-106": { title: "看不出Claude的版本", meaning: "会按最新版处理，一般没有影响。", action: "请照常继续。" },
  "AR-107": { title: "Claude需要先搬一次旧设置", meaning: "电脑上还留着旧版Claude的设置，Claude下次启动时会自己搬过来；在那之前写入会妨碍它。", action: "请打开一次Claude，再把它完全退出，然后回到这里。" },
  "AR-108": { title: "这个程序是从Claude里面打开的", meaning: "从那里打开时，看到的文件夹和Claude实际用的不一样，改了也不会生效。", action: "请关掉它，从开始菜单或桌面重新打开。" },
  "AR-110": { title: "公司统一管理了Claude的设置", meaning: "管理员的设置优先，在这里改动不会生效。", action: "请联系公司的管理员，请他们配置接入。" },
  "AR-111": { title: "公司的Claude设置有错误", meaning: "管理员放了一份设置，但Claude读不懂，因此本机的设置也不会生效。", action: "请把编号告诉公司的管理员。" },
  "AR-112": { title: "公司管理Claude的更新", meaning: "只管更新，不影响接入。", action: "请照常继续。" },
  "AR-120": { title: "不支持这个系统", meaning: "接入需要Windows 10（版本1809或更新）、macOS 13或更新，或者Linux。", action: "请更新系统，或换一台电脑。" },
  "AR-121": { title: "macOS没有让这个程序退出Claude", meaning: "替您退出Claude，要先在macOS的提示里点“允许”；这次没有得到允许。", action: "请按⌘Q退出Claude再重试；也可以打开“系统设置”→“隐私与安全性”→“自动化”，允许这个程序控制Claude。" },
  "AR-122": { title: "这个Claude不是原版", meaning: "它没有Anthropic的签名，可能被修改过。为了密钥的安全，没有为它写入设置。", action: "请从官网下载Claude Desktop，替换掉现在这个，再回到这里。" },
  "AR-131": { title: "Claude还在用之前的配置", meaning: "Claude是在写入配置之前打开的，它只在启动时读取一次。", action: "请完全退出Claude（包括托盘或菜单栏里的图标），再重新打开。" },
  "AR-132": { title: "电脑上还有Claude Code的设置", meaning: `${f.of("keys") || "这些设置"}可能会顶替这里的配置。位置：${f.of("path") || "未知"}。`, action: "如果Claude用的不是这里的密钥，请删掉这些设置，再重新打开Claude。" },
  "AR-133": { title: "磁盘空间不多了", meaning: `还剩${f.of("free") || "很少"}。Claude要下载自己的组件，空间不够时任务和代码功能会打不开。`, action: "请清理出一些空间。" },
  "AR-134": { title: "这台电脑没有开启虚拟化", meaning: "聊天不受影响，但Claude的任务功能要在虚拟机里运行，可能打不开。", action: "需要任务功能时，请在电脑的BIOS里开启虚拟化。" },
  "AR-135": { title: "连不上Claude的下载服务器", meaning: `Claude第一次使用任务和代码功能时，要从${f.of("host") || "downloads.claude.ai"}下载组件。聊天不受影响。`, action: "需要这些功能时，请换一个网络，或请网管放行这个地址。" },

  "AR-201": { title: "电脑没有连上网络", meaning: "现在什么网站都连不上。", action: "请检查网线或Wi-Fi，能打开网页后再重试。" },
  "AR-202": { title: "找不到服务器", meaning: `没能查到${f.host}在哪里。可能是VPN或加速器的影响，公司网络也可能没有放行。`, action: "请关闭VPN或加速器后重试；在公司请联系网管放行。" },
  "AR-203": { title: "地址被电脑上的软件改写了", meaning: `${f.host}被指到了别的地方，多半是代理软件或hosts文件造成的。`, action: "请退出代理软件后重试。" },
  "AR-204": { title: "服务器拒绝了连接", meaning: "多半是代理或防火墙的设置，也可能正在维护。", action: "请关闭代理后重试，或过一会儿再试。" },
  "AR-205": { title: "连接超时", meaning: "等了很久，服务器没有响应。", action: "请换一个网络试试，例如手机热点。" },
  "AR-206": { title: "服务器响应太慢", meaning: "网络是通的，服务器可能正忙。", action: "请过几分钟再重试。" },
  "AR-207": { title: "连接被中途切断", meaning: "可能被防火墙或杀毒软件拦下了。", action: "请关闭VPN，或换成手机热点再试。" },
  "AR-211": { title: "电脑的日期或时间不对", meaning: "时间不对，就没法确认服务器的身份。", action: "请在系统设置里打开“自动设置时间”，再重试。" },
  "AR-212": { title: "服务器的安全证书过期了", meaning: "不是您电脑的问题，也不用改动任何设置。", action: `请联系${f.gateway}客服。` },
  "AR-213": tlsInspected(f),
  "AR-214": { title: "连到了别的服务器", meaning: `对方不是${f.host}。常见原因是Wi-Fi需要登录。`, action: "请打开任意网页，看看是不是要登录Wi-Fi。" },
  "AR-215": { title: "没能建立加密连接", meaning: "多半是代理的类型或端口填错了。", action: "请检查系统里的代理设置，或先关闭代理。" },
  "AR-216": { title: "服务器的安全证书还没有生效", meaning: "没有发现电脑的日期有错，多半是服务器那边刚换过证书。", action: `请过一会儿再试；还不行请联系${f.gateway}客服。` },
  "AR-221": { title: "代理需要账号和密码", meaning: "网络要经过代理，代理要先登录。", action: "请在系统设置里填写代理账号，或联系网管。" },
  "AR-222": { title: "系统设置的代理连不上", meaning: "可能代理软件已经退出，但系统里的设置还在。", action: "请打开代理软件，或关闭系统代理。" },
  "AR-223": { title: `代理不允许访问${f.gateway}`, meaning: "多半是公司网络的限制。", action: `请联系网管放行${f.host}，或换一个网络。` },
  "AR-224": { title: "需要先登录Wi-Fi", meaning: "这个Wi-Fi要先在网页里登录。", action: "请打开浏览器登录Wi-Fi，再重试。" },
  "AR-225": { title: "请求被网站防火墙拦下了", meaning: "服务器前面的防火墙没有放行。", action: "请关闭VPN或换一个网络；还不行请把编号告诉客服。" },
  "AR-226": { title: "系统用脚本来选择代理", meaning: "这里不能运行这种脚本（PAC），所以检查时没有经过它选的代理。Claude可能会走代理，结果不一定相同。", action: "如果连不上，请向网管要代理的地址，在系统设置里手动填写。" },
  "AR-227": { title: "代理的地址看不懂", meaning: "代理由主机和端口组成，例如127.0.0.1:7890。", action: "请改好代理的地址，再重试。" },

  "AR-301": addressUnreadable(f),
  "AR-302": { title: "地址已改正", meaning: "地址里有小错误，已经改好。", action: "请看一眼改好的地址，没有问题就继续。" },
  "AR-303": { title: "地址会跳到别处", meaning: "为了密钥的安全，没有跟着跳转。", action: `请使用${f.base}` },
  "AR-304": { title: "地址要以https://开头", meaning: "现在的地址没有加密。", action: `请使用${f.base}` },
  "AR-305": { title: "这个地址打开的是网页", meaning: "它是给人看的网页，不是给Claude用的接口。多半少了/claude，或多了/v1。", action: `请使用${f.base}` },
  "AR-306": { title: "地址不对", meaning: "服务器连得上，但这个地址下没有Claude要用的接口。", action: `请使用${f.base}（结尾不要加/v1）` },
  "AR-307": { title: "这个地址不是给Claude用的", meaning: "它是OpenAI格式的地址，Claude用不了。", action: `请使用${f.base}` },
  "AR-308": { title: "服务器的回答看不懂", meaning: "地址有回应，但不是约定的格式。", action: "请检查地址；确认无误请把编号告诉客服。" },

  "AR-401": keyLint(f),
  "AR-402": { title: "密钥没有被接受", meaning: "密钥可能复制错了，也可能已被删除、停用、过期或用完额度。", action: "请到控制台重新复制一个，再粘贴到这里。" },
  "AR-403": { title: "这个密钥已停用", meaning: "密钥是对的，但在控制台里被关掉了。", action: "请到控制台启用它，或新建一个。" },
  "AR-404": { title: "这个密钥已过期", meaning: "密钥是对的，但有效期已过。", action: "请到控制台延长有效期，或新建一个。" },
  "AR-405": { title: "服务器没有收到密钥", meaning: "密钥发出去了，但对方没有从这个位置读取。", action: "请在高级设置里把认证方式改成“自动”，再重试。" },
  "AR-406": { title: "已换用可行的认证方式", meaning: "密钥有两种发送方式，这里用服务器接受的那种，配置里也会这样写。", action: "请照常继续。" },
  "AR-407": { title: "已清理粘贴的内容", meaning: "多余的空格或符号已经去掉。", action: "请照常继续。" },

  "AR-501": { title: "账号不可用", meaning: `您的${f.gateway}账号被停用，或还没有激活。`, action: "请登录控制台查看，或联系客服。" },
  "AR-502": { title: "密钥限制了可用的网络", meaning: "密钥是对的，但只允许在指定的网络使用。", action: "请在控制台把当前网络加入白名单，或新建一个不限网络的密钥。" },
  "AR-503": { title: "余额或额度不足", meaning: "密钥是对的，只是余额或额度用完了。", action: "请到控制台充值，或提高这个密钥的额度。" },
  "AR-504": { title: "密钥没有Claude权限", meaning: "密钥是对的，但它所在的分组不能用Claude。", action: "请在控制台换成包含Claude的分组，或新建一个密钥。" },
  "AR-505": { title: "密钥不能使用这个模型", meaning: `密钥是对的，但没有${f.of("model") || "所选模型"}的权限。`, action: "请换一个模型，或在控制台加上这个权限。" },
  "AR-506": { title: "没有这个模型", meaning: `服务器上找不到${f.of("model") || "这个模型"}。`, action: "请从列表里重新选择。" },
  "AR-507": { title: "没有可用的Claude模型", meaning: "密钥是对的，但它名下没有Claude模型。", action: "请到控制台检查密钥的分组和模型权限。" },
  "AR-508": { title: "密钥只允许特定程序使用", meaning: "密钥是对的，但聊天可能用不了。", action: "请到控制台新建一个不限客户端的密钥。" },
  "AR-509": { title: "请求太频繁", meaning: "服务器请我们慢一点。", action: `请等大约${f.of("retry_after") || "60"}秒，再重试。` },
  "AR-510": { title: "请求被拒绝", meaning: "服务器没有说明原因，可能是密钥缺少权限。", action: "请到控制台查看密钥设置，或把编号告诉客服。" },

  "AR-601": { title: `${f.gateway}暂时不可用`, meaning: "服务器那边有问题，这次还没能检查到密钥。", action: "请过几分钟再重试。" },
  "AR-602": { title: "暂时没有空闲的线路", meaning: "您的密钥没有问题，是这个模型现在排不上。", action: "请过几分钟再重试；一直这样请联系客服。" },
  "AR-603": { title: "Claude服务正忙", meaning: "您的密钥没有问题，现在用的人太多。", action: "请过几分钟再重试。" },
  "AR-604": { title: `${f.gateway}背后的服务出错了`, meaning: "这通常不是密钥的问题。", action: "请过一会儿再重试；一直这样请把编号告诉客服。" },
  "AR-605": { title: "服务器不提供模型列表", meaning: "能用，但要手动填写模型编号。", action: "请照着控制台“模型”页面的写法，在下一步手动添加。" },
  "AR-606": { title: "回答不能逐字显示", meaning: "Claude必须边写边显示，这里做不到。可能是代理或服务器把回答攒在一起了。", action: "请关闭代理再重试；还不行请联系客服。" },
  "AR-607": { title: "工具用不了", meaning: "Claude需要使用工具，服务器没有按要求回应。", action: "请把编号告诉客服。" },
  "AR-608": { title: "没有轻量模型", meaning: "可以正常聊天，但对话标题等小功能可能不显示。", action: "想要完整功能，请在控制台给密钥加上Haiku模型。" },
  "AR-609": { title: "服务器没有接受检查请求", meaning: "这多半是接入助手的问题，不是您的问题。", action: "请把编号告诉客服。" },

  "AR-701": { title: "Claude的配置文件有异常", meaning: "文件内容不是该有的样子。为了不弄坏它，什么都没有写。", action: "请把编号和文件位置告诉客服。" },
  "AR-702": { title: "没能写入文件", meaning: "可能没有权限，或磁盘满了。", action: "请检查磁盘空间，再重试。" },
  "AR-703": { title: "文件刚刚被别的程序改过", meaning: "为了不盖掉别人的改动，没有写入。", action: "请重试，会按最新的内容重新核对。" },
  "AR-704": { title: "写入后核对不一致", meaning: "写进去的和读出来的不一样，可能有同步或清理软件在干预。", action: "请暂停这类软件，再重试。" },
  "AR-705": { title: "所选模型都不能用在Claude里", meaning: "Claude只显示它认识的Claude模型。", action: "请重新选择模型。" },
  "AR-706": { title: "有一个模型Claude不会显示", meaning: `Claude不接受${f.of("id") || f.of("model") || "其中一个模型"}。`, action: "请把它移除，或换一个。" },
  "AR-707": { title: "接入助手已经在运行", meaning: "另一个窗口正在写入。", action: "请等它完成，或关掉那个窗口再重试。" },
  "AR-708": { title: "没有可以还原的内容", meaning: "本程序没有改动过什么，或已经还原过了。", action: "可以直接关闭窗口。" },
  "AR-709": { title: "有些值没有还原", meaning: "这些值后来被改过，为了不弄乱，保持原样。", action: "如果不想保留，请在Claude里手动修改。" },
  "AR-710": { title: "Claude没有通过本程序接入", meaning: "现在用的不是本程序写的配置。", action: "想接入的话，从粘贴密钥开始。" },
  "AR-711": { title: "有几项配置被改过", meaning: whyDrifted(f), action: "点“修复”可以改回来。" },
  "AR-712": { title: `Claude里还有另一份配置${quoted(f)}`, meaning: `${by(f)}会原样保留，撤销时也会切换回它。`, action: "请照常继续。" },
  "AR-713": { title: "还没有在Claude里试过", meaning: "配置已经写好，打开Claude后才能确认。", action: "请打开Claude，发送一句话试试。" },
  "AR-714": { title: "上次没有做完的改动已处理", meaning: f.of("how") === "completed" ? "上次中途关掉了，现在已经做完。" : "上次中途关掉了，现在已恢复到之前的样子。", action: "请照常继续。" },
  "AR-715": { title: "上次的改动没有做完", meaning: "上次中途关掉了。Claude正开着，所以还没有处理。", action: "请先完全退出Claude，再重新打开本程序。" },
  "AR-716": { title: `Claude现在连着一个没有运行的软件${quoted(f)}`, meaning: `它指向这台电脑上的${f.of("url")}，那里没有应答，所以Claude用不了。`, action: `接入${f.gateway}后会自动改用新的；也可以改回Anthropic官方登录。` },
  "AR-717": { title: "网站地址填得不对", meaning: `Claude不接受“${f.of("host")}”这种写法。`, action: "请只填域名，例如pypi.org或*.example.com，不要带端口和https://。" },

  "AR-721": { title: "Claude没有认出选中的配置", meaning: "配置的编号里有大写字母或其他写法，Claude会不声不响地跳过它。", action: "请用“修复”重新写入；还没有接入的话，请重新接入一次。" },
  "AR-722": { title: "选中的配置不见了", meaning: "Claude记着要用一份配置，但它不在列表里，或者文件已被删除。", action: "请用“修复”重新写入；还没有接入的话，请重新接入一次。" },
  "AR-723": { title: "Claude记住了官方登录", meaning: "在Claude里登录过一次官方账号，之后它会一直按官方方式启动，写好的配置不起作用。", action: "请用“修复”改回来，再打开Claude。" },
  "AR-724": { title: "Claude启动时会先问用哪种方式", meaning: "配置已经写好，但还没有选定启动方式，打开Claude会看到登录页。", action: "请在登录页选择用Gateway进入，或点“修复”。" },
  "AR-725": { title: "接入方式不是Gateway", meaning: f.of("provider") === "" ? "配置里没有写明接入方式。" : `配置里写的是${f.of("provider")}。`, action: "请把Inference provider改成Gateway，或重新接入一次。" },
  "AR-726": { title: "Claude里填的地址不对", meaning: `现在填的是${f.of("url") || "另一个地址"}。`, action: `请改成${f.base}，或重新接入一次。` },
  "AR-727": { title: "Claude里的地址结尾多了内容", meaning: `${f.of("url") || "现在的地址"}的结尾不要写/v1，也不要带斜杠，Claude会自己补上。`, action: `请改成${f.base}，或重新接入一次。` },
  "AR-728": { title: "配置里没有可用的密钥", meaning: "Claude读到了配置，但找不到取密钥的办法。", action: "请重新接入一次，程序会把密钥放好。" },
  "AR-729": { title: "Claude打不开取密钥的小程序", meaning: `配置里的位置是${f.of("path") || "空的"}，Claude不能照这样打开它。`, action: "请重新接入一次，程序会写入正确的位置。" },
  "AR-730": { title: "配置里有两份密钥", meaning: "既写了明文密钥，又写了取密钥的小程序，Claude只会用其中一个。", action: "请重新接入一次，只留下一种。" },
  "AR-731": { title: "Claude用的不是保存的那个密钥", meaning: `保存的密钥指纹是${f.of("stored") || "另一个"}，Claude用的是${f.of("in_use") || "另一个"}。`, action: "请完全退出Claude再打开；还是不同的话，请更换一次密钥。" },
  "AR-732": { title: "Claude可能在读另一个文件夹", meaning: `这台电脑上有两份Claude的设置，内容不一样。另一份在${f.of("path") || "别处"}。`, action: "请点“修复”，程序会把两份都写成一样。" },
  "AR-733": { title: "其他软件留下了一份管理设置", meaning: `看上去是${f.of("tool") || "另一个软件"}写的，不是公司的。它会让本机的配置全部失效。`, action: `请在${f.of("tool") || "那个软件"}里关闭它，或请人删除这份管理设置。` },
  "AR-734": { title: "有一个模型写了两遍", meaning: `${f.of("model") || "它"}在列表里出现了两次，Claude会把它们当成同一个。`, action: "请重新选择一次模型。" },
  "AR-735": { title: "聊天记录换了归属", meaning: "以前的记录没有丢，但归在另一个编号下面，现在看不到。", action: "请点“修复”，改回原来的编号。" },
  "AR-736": { title: "有些配置项比Claude还新", meaning: `正在运行的Claude还不认识${f.of("keys") || "它们"}，会跳过。`, action: "请更新Claude，再完全退出并重新打开。" },
  "AR-737": { title: "附加请求头里有密钥", meaning: "它以明文写在配置文件里，能打开这个文件的人都看得到。", action: "请删掉附加请求头里的密钥，它本来就不需要。" },
  "AR-738": { title: "Claude的配置列表指向了别处", meaning: "列表里多了一个本程序不认识的指向，Claude会当作没有配置。", action: "请点“修复”，或重新接入一次。" },
  "AR-739": { title: "有一项配置写错了格式", meaning: `${f.of("keys") || "有一项"}的写法不对，Claude会整份不用。`, action: "请点“修复”，或重新接入一次。" },

  "AR-801": { title: "这台电脑没有可用的密钥存储", meaning: "系统里没有能安全保存密钥的地方。", action: "可以使用兼容模式，或请人启用系统密钥环。" },
  "AR-802": { title: "系统的密钥存储锁着", meaning: "可能在等您输入电脑的密码，或者刚才点了拒绝。", action: "请重试，并在弹出的窗口里点允许。" },
  "AR-803": { title: "密钥太长，系统存不下", meaning: "系统最多存2560个字符，它比这更长。", action: "请确认复制的只是密钥；没有错的话，可以使用兼容模式。" },
  "AR-804": { title: "没有找到已保存的密钥", meaning: "它可能被清理软件删掉了。", action: "请重新粘贴一次密钥。" },
  "AR-805": { title: "取密钥的小程序用不了", meaning: "它可能被杀毒软件删除或拦住了。", action: "请重新安装本程序，并在杀毒软件里放行。" },
  "AR-806": { title: "密钥以明文保存", meaning: "这是您选择的兼容模式，密钥写在Claude的配置文件里。", action: "换密钥的时候，可以改回系统安全存储。" },

  "AR-851": { title: "Claude还是按官方方式启动了", meaning: "它没有读到新的配置。", action: "请完全退出Claude，再重试。" },
  "AR-852": { title: "Claude用的是别的地址", meaning: `它连接的是${f.of("host") || "另一个地址"}，可能还有其他软件在改配置。`, action: "请关闭其他Claude配置软件，再重试。" },
  "AR-853": { title: "Claude没有接受配置", meaning: "它读到了配置，但认为其中有不对的地方。", action: "请把编号告诉客服。" },
  "AR-854": { title: "Claude没能取到密钥", meaning: "密钥已保存，但Claude启动时没有读出来。", action: "请重试；还不行可以使用兼容模式。" },
  "AR-855": { title: "Claude里没有模型", meaning: "Claude已接入，但没有显示任何模型。", action: "请重新选择模型。" },
  "AR-856": { title: "还没等到Claude的确认", meaning: "Claude已启动，但日志里还没有消息。第一次启动可能比较慢。", action: "请等Claude打开后发送一句话试试，或点重试。" },
  "AR-857": { title: "Claude自检没有通过", meaning: "Claude已接入，但它自己的检查报告了问题。", action: "请在Claude里发送一句话试试；不行请更换模型。" },
  "AR-860": { title: "接入成功", meaning: "Claude自己的日志已经确认。", action: "请在Claude里发送一句话试试。" },
  "AR-861": { title: "报告没有生成", meaning: "最后检查时，报告里还有不该外传的内容，所以没有保存任何文件。", action: "请把这个编号告诉客服。" },
  "AR-862": { title: "读不懂这份Claude报告", meaning: "它不是Claude导出的报告，或者文件已损坏。", action: "请在Claude里重新导出：Help → Troubleshooting → Generate Diagnostic Report。" },
  "AR-863": { title: "Claude有读不懂的配置", meaning: `Claude的报告里写着：${f.of("said") || "有解析错误"}`, action: "请点“修复”，或重新接入一次。" },
  "AR-864": { title: "Claude读到的和写入的不一样", meaning: `不一样的有：${f.of("keys") || "几项"}。`, action: "请完全退出Claude再打开；还是不同的话，请点“修复”。" },
  "AR-865": { title: "Claude说没有密钥", meaning: "Claude读到了配置，但密钥没有通过它的检查。", action: "请更换一次密钥，再重新打开Claude。" },
  "AR-866": { title: "Claude没有读到任何配置", meaning: "Claude的报告里没有任何来源，它会按官方方式启动。", action: "请接入一次，再完全退出并重新打开Claude。" },
  "AR-867": { title: "Claude读到的和写入的一致", meaning: "Claude自己的报告里没有发现问题。", action: "如果还是用不了，请把报告发给客服。" },

  "AR-901": { title: "接入助手出了错", meaning: "这是本程序的问题，不是您的问题。", action: "请重试；还不行请把编号告诉客服。" },
  "AR-902": { title: "已停止检查", meaning: "按您的要求停下了，没有改动任何东西。", action: "想继续的话，请再检查一次。" },
  "AR-903": { title: "预设文件有误", meaning: "打开的预设文件不能用。", action: "请向发给您文件的人要一份新的。" },
  "AR-904": { title: "预设已经过期", meaning: `${f.of("expires") ? `它只在${f.of("expires")}之前有效。` : "它的有效期已经过了。"}`, action: f.of("supporter") ? `请向“${f.of("supporter")}”要一份新的。` : "请向发给您预设的人要一份新的。" },
  "AR-905": { title: "预设里有像密钥的内容", meaning: "预设里不应该有密钥，所以没有使用它。", action: "请不要再转发它，向发给您的人要一份不带密钥的。" },
  "AR-906": { title: "预设的签名不对", meaning: "它可能被改过，或者不是那个人发的，所以没有使用它。", action: "请直接联系发给您预设的人核对。" },
  "AR-907": { title: "不认识预设的签名人", meaning: "签名没有错，但本程序不知道是谁签的，请当作没有签名看待。", action: "请先和发给您的人核对，再决定用不用。" },
  "AR-908": { title: "还没有可以导出的接入", meaning: "这台电脑上还没有用本程序接入过。", action: "请先完成接入，再导出。" },
  "AR-909": { title: "导出的文件里有明文密钥", meaning: "这是您要求的。能读到这些文件的人都能用这个密钥。", action: "请只交给管理系统，用完立刻删除。" },
  "AR-910": { title: "有一项配置不能导出", meaning: `Claude不会接受${f.of("key") ? `“${f.of("key")}”` : "其中一项"}，所以没有生成文件。`, action: "请把编号告诉客服。" },
  "AR-911": { title: "不能导出到这个文件夹", meaning: "它不是空的，或者不能写入。", action: "请换一个新的空文件夹。" },
  "AR-912": { title: "这台电脑上的接入还没有得到证明", meaning: "Claude的日志还没有确认，或有配置被改过。照样可以导出，但最好先试好。", action: "请先在这台电脑上打开Claude，确认能用。" },
  "AR-913": { title: "没有可以输入密钥的终端", meaning: "密钥要在终端里输入，这里没有终端。", action: "请在终端里运行，或用--key-stdin从标准输入给出密钥。" },

  "AR-940": { title: "演练没有准备好", meaning: "演练用的文件夹或端口现在用不了。真正的Claude没有受影响。", action: "请关掉其他演练窗口，再重新选择情景。" },
  "AR-941": { title: "演练的结果和剧本不一样", meaning: "演练中出现的编号，不是这个情景该有的编号。这是本程序的问题。", action: "请把情景的名字和编号告诉我们。" },
  "AR-950": { title: "接入还在使用中", meaning: "Claude仍由本程序接入，取密钥的小程序因此留下，Claude可以照常使用。", action: "想恢复接入之前的状态，请先还原，再卸载。" },
});

function addressUnreadable(f: Facts): FindingWords {
  const title = "这个地址用不了";
  switch (f.of("reason")) {
    case "empty":
      return { title: "还没有填写地址", meaning: "地址是空的。", action: `请使用${f.base}` };
    case "credentials":
      return { title, meaning: "地址里夹带了用户名或密码，Claude不接受。", action: "请去掉@前面的部分。" };
    case "scheme":
      return { title, meaning: "地址要以https://开头。", action: `请使用${f.base}` };
    case "several":
      return { title: "这里有好几个地址", meaning: "分不清该用哪一个。", action: "请只留下要用的那一个。" };
    case "host-without-dot":
      return { title, meaning: "地址里的网站名不完整。", action: `请使用${f.base}` };
    case "look-alike":
      return { title: `这不是${f.gateway}的地址`, meaning: "里面有看起来一样、其实不同的字母或数字。为了密钥的安全，没有使用它。", action: `请使用${f.base}` };
    case "borrowed-name":
      return { title: `这不是${f.gateway}的地址`, meaning: `它借用了${f.gateway}的网站名，但属于别的网站。为了密钥的安全，没有使用它。`, action: `请使用${f.base}` };
    case "misspelt-host":
      return { title: `这不是${f.gateway}的地址`, meaning: "网站名和正确的只差一两个字母，多半是输错了。为了密钥的安全，没有使用它。", action: `请使用${f.base}` };
    default:
      return { title, meaning: "看不出这是一个网址。", action: `请使用${f.base}` };
  }
}

function tlsInspected(f: Facts): FindingWords {
  const issuer = f.of("issuer");
  const who = issuer ? `对方的证书是“${issuer}”签发的，这台电脑不信任它。` : "";
  return {
    title: "有设备在查看加密的网络流量",
    meaning: `${who}可能是公司网络或杀毒软件。为了密钥的安全，没有继续。即使装上它的根证书，Claude的部分功能也可能不接受。`,
    action: "请联系网管，或关闭杀毒软件的“HTTPS扫描”。",
  };
}

function keyLint(f: Facts): FindingWords {
  const again = "请回到控制台，点“复制”按钮重新复制，不要手动选取。";
  switch (f.of("reason")) {
    case "empty":
      return { title: "还没有粘贴密钥", meaning: "输入框是空的。", action: "请在控制台复制密钥，再粘贴到这里。" };
    case "too-short":
      return { title: "密钥太短", meaning: "看起来只复制了一部分。", action: again };
    case "placeholder":
      return { title: "这是示例文字，不是密钥", meaning: "粘贴的是教程里的占位文字。", action: again };
    case "truncated":
      return { title: "密钥没有复制完整", meaning: "结尾是省略号，后面的部分没有显示出来。", action: again };
    case "masked":
      return { title: "密钥被隐藏了一部分", meaning: "中间有星号或省略号，复制的是显示用的样子。", action: again };
    case "inner-space":
      return { title: "密钥中间有空格或换行", meaning: "看起来混进了其他文字。", action: again };
    case "not-ascii":
      return { title: "密钥里有中文或特殊符号", meaning: "密钥只会有英文字母、数字和短横线。", action: again };
    case "only-address":
      return { title: "这是地址，不是密钥", meaning: "粘贴的是一个网址。", action: "请在控制台的“API Keys”页面复制密钥。" };
    case "other-vendor":
      return { title: `这是${f.of("vendor")}的密钥`, meaning: `它不能用在${f.gateway}。`, action: `请在${f.gateway}控制台复制密钥。` };
    case "doubled":
      return { title: "密钥贴了两遍", meaning: "两遍连在了一起。", action: "请清空后只粘贴一次。" };
    case "several":
      return { title: "这段文字里有好几个密钥", meaning: "分不清该用哪一个。", action: "请只复制要用的那一个。" };
    case "sign-in-token":
      return { title: "这是登录凭证，不是密钥", meaning: "它是网页登录时用的，过一阵就会失效。", action: "请在控制台的“API Keys”页面复制密钥。" };
    case "no-key":
      return { title: "这段文字里没有密钥", meaning: "没有找到像密钥的内容。", action: again };
    case "control-characters":
      return { title: "密钥里有看不见的字符", meaning: "复制时混进了多余的内容。", action: again };
    case "too-long":
      return { title: "粘贴的内容太长", meaning: "这不像是一个密钥。", action: again };
    default:
      return { title: "密钥看起来不完整", meaning: "没有在粘贴的内容里找到可用的密钥。", action: again };
  }
}

/** 另一份配置的名字，有就放在引号里。 */
function quoted(f: Facts): string {
  const name = f.of("tool") || f.of("name");
  return name ? `“${name}”` : "";
}

function by(f: Facts): string {
  const tool = f.of("tool");
  return tool && tool !== f.of("name") ? `看起来是${tool}写的。` : "";
}

function whyDrifted(f: Facts): string {
  switch (f.of("because")) {
    case "signed-in":
      return "Claude里登录过Anthropic官方账号，所以不再使用这里的配置。";
    case "other-profile":
      return `Claude改用了另一份配置${quoted(f)}。`;
    case "removed":
      return "配置文件被删掉了，可能是清理软件或重装Claude造成的。";
    case "claude-updated":
      return "Claude升级过，升级时可能改动了配置。";
    default:
      return "可能是其他软件，或有人手动改动了。";
  }
}
