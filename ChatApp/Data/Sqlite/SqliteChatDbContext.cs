using Microsoft.EntityFrameworkCore;

namespace ChatApp.Data.Sqlite;

/// <summary>The schema on SQLite.</summary>
public sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options);
