using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ChatApp.Data;

/// <summary>SQLite forgets a DateTime's kind; all of ours are UTC.</summary>
public sealed class UtcDateTimeConverter()
    : ValueConverter<DateTime, DateTime>(value => value, value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
