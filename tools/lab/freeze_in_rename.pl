#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
# Wait until virtio_net registers a standby that was not there before, and freeze udev while it
# renames it: its database then has ID_RENAMING=1, and not yet what the rules set.
#
# usage: freeze_in_rename.pl CGROUP SECONDS	(prints "ready", and "frozen")
use strict;
use warnings;

my ($cgroup, $seconds) = @ARGV;

sub content {
	my ($path) = @_;
	open my $file, '<', $path or return '';
	local $/;
	return <$file> // '';
}

sub standby {
	foreach my $name (glob '/sys/class/net/*/phys_port_name') {
		next if content($name) ne "sby\n";
		chomp(my $index = content($name =~ s/phys_port_name$/ifindex/r));
		return $index;
	}
	return '';
}

open my $freezer, '>', "$cgroup/cgroup.freeze" or die "$cgroup: $!\n";
$| = 1;
print "ready\n";
my $end = time + $seconds;
my $index = '';
while (time < $end) {
	$index = standby() if not $index;
	my $entry = content("/run/udev/data/n$index");
	next if $entry !~ /^E:ID_RENAMING=1$/m or $entry =~ /^E:ID_NET_DRIVER=/m;
	syswrite $freezer, "1\n" or die "$cgroup: $!\n";
	print "frozen\n";
	exit 0;
}
die "udev has not renamed a new standby\n";
